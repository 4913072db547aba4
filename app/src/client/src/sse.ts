/** One block of Server-Sent Events. */
export interface Frame {
  readonly id?: string;
  readonly event?: string;
  /** Undefined: the block is no message. */
  readonly data?: string;
  readonly comment?: string;
  readonly retry?: number;
}

/** Reads frames from text as it comes; a frame that is not finished at the end is none. */
export class FrameParser {
  private rest = "";
  private afterReturn = false;
  private frame: { -readonly [K in keyof Frame]: Frame[K] } = {};
  private empty = true;

  push(text: string): Frame[] {
    const frames: Frame[] = [];
    // A line ends with \n, \r or \r\n, the two of which may come apart.
    let from = 0;
    const all = this.rest + text;
    for (let i = this.rest.length; i < all.length; i++) {
      const c = all.charCodeAt(i);
      if (c === 10 && this.afterReturn) {
        this.afterReturn = false;
        from = i + 1;
      } else if (c === 10 || c === 13) {
        this.afterReturn = c === 13;
        this.line(all.slice(from, i), frames);
        from = i + 1;
      } else {
        this.afterReturn = false;
      }
    }
    this.rest = all.slice(from);
    return frames;
  }

  private line(line: string, frames: Frame[]): void {
    if (line === "") {
      if (!this.empty) {
        frames.push(this.frame);
      }
      this.frame = {};
      this.empty = true;
      return;
    }
    this.empty = false;
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    let value = colon < 0 ? "" : line.slice(colon + 1);
    if (value.startsWith(" ")) {
      value = value.slice(1);
    }
    switch (name) {
      case "":
        this.frame.comment = value;
        break;
      case "id":
        this.frame.id = value;
        break;
      case "event":
        this.frame.event = value;
        break;
      case "data":
        this.frame.data = this.frame.data === undefined ? value : `${this.frame.data}\n${value}`;
        break;
      case "retry":
        if (/^[0-9]+$/.test(value)) {
          this.frame.retry = Number(value);
        }
        break;
      default:
      // Of no meaning, as the standard has it.
    }
  }
}
