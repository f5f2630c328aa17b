/**
 * Bindings in the shape that the schema compiler writes, types only:
 *
 *   interface Library {
 *     checkoutBook @0 (isbn :Text) -> (loan :Loan);
 *     search @1 (query :Text) -> (books :List(Book));
 *   }
 *   interface Loan {
 *     renew @0 () -> (dueDate :Int64);
 *     whenReturned @1 (waiter :Waiter) -> ();
 *   }
 *   interface Waiter { returned @0 (isbn :Text) -> (); }
 */
import {
  type brand,
  type Call,
  type CallContext,
  type CallOptions,
  type Cap,
  type Client,
  type InterfaceType,
  type ListBuilder,
  type ListInit,
  type ListReader,
  type NoFields,
  type Servable,
  type serves,
  type StructType,
} from "handfast/capnp";

export declare namespace Book {
  interface Reader {
    readonly isbn: string;
    readonly title: string;
  }
  interface Builder {
    isbn: string;
    title: string;
  }
  interface Init {
    readonly isbn?: string | undefined;
    readonly title?: string | undefined;
  }
  type Pipeline = object;
}
export declare const Book: StructType<Book.Reader, Book.Builder, Book.Init, Book.Pipeline>;

export declare namespace Waiter {
  interface Client extends BaseClient {
    readonly [brand]: { readonly "library.capnp:Waiter": 1 };
    returned(params: Returned.Init, options?: CallOptions): Returned.Call;
  }
  namespace Returned {
    interface Params {
      readonly isbn: string;
    }
    interface Init {
      readonly isbn?: string | undefined;
    }
    type Results = object;
    type Builder = object;
    type ResultsInit = NoFields;
    type Call = BaseCall<Results>;
    type Returns = ResultsInit | Builder | PromiseLike<ResultsInit | Builder>;
  }
  type Server = WaiterServer;
}
declare abstract class WaiterServer implements Servable {
  readonly [serves]: { readonly "library.capnp:Waiter": 1 };
  returned?(
    params: Waiter.Returned.Params,
    call: CallContext<Waiter.Returned.Builder>,
  ): Waiter.Returned.Returns;
}
export declare const Waiter: InterfaceType<Waiter.Client, Waiter.Server> & {
  readonly Server: typeof WaiterServer;
  serve(methods: Partial<Methods<Waiter.Server>>): Waiter.Server;
};

export declare namespace Loan {
  interface Client extends BaseClient {
    readonly [brand]: { readonly "library.capnp:Loan": 1 };
    renew(params?: Renew.Init, options?: CallOptions): Renew.Call;
    whenReturned(params: WhenReturned.Init, options?: CallOptions): WhenReturned.Call;
  }
  namespace Renew {
    type Params = object;
    type Init = NoFields;
    interface Results {
      readonly dueDate: bigint;
    }
    interface Builder {
      dueDate: bigint;
    }
    interface ResultsInit {
      readonly dueDate?: bigint | undefined;
    }
    type Call = BaseCall<Results>;
    type Returns = ResultsInit | Builder | PromiseLike<ResultsInit | Builder>;
  }
  namespace WhenReturned {
    interface Params {
      readonly waiter: Waiter.Client;
    }
    interface Init {
      readonly waiter?: Cap<Waiter.Client, Waiter.Server> | undefined;
    }
    type Call = BaseCall<object>;
    type Returns = NoFields | PromiseLike<NoFields>;
  }
  type Server = LoanServer;
}
declare abstract class LoanServer implements Servable {
  readonly [serves]: { readonly "library.capnp:Loan": 1 };
  renew?(params: Loan.Renew.Params, call: CallContext<Loan.Renew.Builder>): Loan.Renew.Returns;
  whenReturned?(params: Loan.WhenReturned.Params, call: CallContext): Loan.WhenReturned.Returns;
}
export declare const Loan: InterfaceType<Loan.Client, Loan.Server> & {
  readonly Server: typeof LoanServer;
  serve(methods: Partial<Methods<Loan.Server>>): Loan.Server;
};

export declare namespace Library {
  interface Client extends BaseClient {
    readonly [brand]: { readonly "library.capnp:Library": 1 };
    checkoutBook(params: CheckoutBook.Init, options?: CallOptions): CheckoutBook.Call;
    search(params: Search.Init, options?: CallOptions): Search.Call;
  }
  namespace CheckoutBook {
    interface Params {
      readonly isbn: string;
    }
    interface Init {
      readonly isbn?: string | undefined;
    }
    interface Results {
      readonly loan: Loan.Client;
    }
    interface Builder {
      get loan(): Loan.Client;
      set loan(value: Cap<Loan.Client, Loan.Server>);
    }
    interface ResultsInit {
      readonly loan?: Cap<Loan.Client, Loan.Server> | undefined;
    }
    interface Call extends BaseCall<Results> {
      readonly loan: Loan.Client;
    }
    type Returns = ResultsInit | Builder | PromiseLike<ResultsInit | Builder>;
  }
  namespace Search {
    interface Params {
      readonly query: string;
    }
    interface Init {
      readonly query?: string | undefined;
    }
    interface Results {
      readonly books: ListReader<Book.Reader>;
    }
    interface Builder {
      get books(): ListBuilder<Book.Builder, Book.Init>;
      set books(value: ListInit<Book.Init>);
    }
    interface ResultsInit {
      readonly books?: ListInit<Book.Init> | undefined;
    }
    type Call = BaseCall<Results>;
    type Returns = ResultsInit | Builder | PromiseLike<ResultsInit | Builder>;
  }
  type Server = LibraryServer;
}
declare abstract class LibraryServer implements Servable {
  readonly [serves]: { readonly "library.capnp:Library": 1 };
  checkoutBook?(
    params: Library.CheckoutBook.Params,
    call: CallContext<Library.CheckoutBook.Builder, Library.CheckoutBook.ResultsInit>,
  ): Library.CheckoutBook.Returns;
  search?(
    params: Library.Search.Params,
    call: CallContext<Library.Search.Builder, Library.Search.ResultsInit>,
  ): Library.Search.Returns;
}
export declare const Library: InterfaceType<Library.Client, Library.Server> & {
  readonly Server: typeof LibraryServer;
  serve(methods: Partial<Methods<Library.Server>>): Library.Server;
};

/** The methods of a server, without what makes it a server. */
type Methods<S extends Servable> = Omit<S, typeof serves>;
type BaseClient = Client;
type BaseCall<Results> = Call<Results>;
