package org.sessionledger.projections.kit;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Optional;
import java.util.concurrent.Future;
import org.axonframework.common.ReflectionUtils;
import org.axonframework.messaging.responsetypes.AbstractResponseType;

/**
 * Asks for a page over Axon's query bus, whose own response types do not find handlers that answer
 * with a {@code Page<T>}. Empty when the handler's answer is empty.
 */
public final class PageAnswer<T> extends AbstractResponseType<Optional<Page<T>>> {

  private PageAnswer(Class<T> item) {
    super(item);
  }

  public static <T> PageAnswer<T> of(Class<T> item) {
    return new PageAnswer<>(item);
  }

  @Override
  public boolean matches(Type responseType) {
    Type page = ReflectionUtils.unwrapIfType(responseType, Future.class, Optional.class);
    return page instanceof ParameterizedType type
        && type.getRawType().equals(Page.class)
        && isParameterizedTypeOfExpectedType(type);
  }

  /** The handler that matches answers with such a page, or with an optional one. */
  @Override
  @SuppressWarnings("unchecked")
  public Optional<Page<T>> convert(Object response) {
    return response instanceof Optional<?> optional
        ? (Optional<Page<T>>) optional
        : Optional.of((Page<T>) response);
  }

  @Override
  @SuppressWarnings("unchecked")
  public Class<Optional<Page<T>>> responseMessagePayloadType() {
    return (Class<Optional<Page<T>>>) (Class<?>) Optional.class;
  }
}
