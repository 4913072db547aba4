package org.sessionledger.app.console;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.resource.ResourceUrlEncodingFilter;
import org.springframework.web.servlet.resource.VersionResourceResolver;

/** The pages, for whoever puts a server together. */
@Configuration(proxyBeanMethods = false)
@Import({
  Pages.class,
  ProblemPages.class,
  LongReads.class,
  SessionHead.class,
  StoryReader.class,
  SessionsController.class,
  SessionPagesController.class,
  ActionsController.class,
  AuditPageController.class,
  RefusalsController.class,
  ViewsController.class
})
public class ConsoleConfiguration {

  /** Whatever its version. */
  private static final String HTMX =
      "classpath*:/META-INF/resources/webjars/htmx.org/*/dist/htmx.min.js";

  /** Names carry a hash of the content, so that a browser never asks twice. */
  @Bean
  WebMvcConfigurer assets() {
    return new WebMvcConfigurer() {
      @Override
      public void addResourceHandlers(ResourceHandlerRegistry registry) {
        registry
            .addResourceHandler("/assets/**")
            .addResourceLocations("classpath:/assets/")
            .addResourceLocations(folderOf(HTMX))
            .setCacheControl(CacheControl.maxAge(Duration.ofDays(365)).cachePublic().immutable())
            .resourceChain(true)
            .addResolver(new VersionResourceResolver().addContentVersionStrategy("/**"));
      }
    };
  }

  /** Templates name an asset, pages its address with the hash. */
  @Bean
  ResourceUrlEncodingFilter assetAddresses() {
    return new ResourceUrlEncodingFilter();
  }

  private static Resource folderOf(String pattern) {
    try {
      Resource[] found = new PathMatchingResourcePatternResolver().getResources(pattern);
      if (found.length != 1) {
        throw new IllegalStateException(found.length + " files are " + pattern);
      }
      return found[0].createRelative("./");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
