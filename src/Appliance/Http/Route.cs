using Appliance.Gateway.Identity;

namespace Appliance.Http;

/// <summary>What is at a path for a method.</summary>
/// <param name="Method">HTTP method; GET answers HEAD too.</param>
/// <param name="Needs">The scope that one must have.</param>
/// <param name="HasBody">True where a body is read: those are bounded in number and size.</param>
/// <param name="Handler">Answers.</param>
internal sealed record Route(string Method, string Needs, bool HasBody, Func<HttpContext, CancellationToken, Task> Handler)
{
    /// <summary>Who is let in.</summary>
    public RouteAccess Access { get; init; }

    /// <summary>True where it answers the method.</summary>
    public bool Allows(string method) => method == Method || (Method == "GET" && method == "HEAD");

    /// <summary>Reads something.</summary>
    public static Route Get(Func<HttpContext, Task> handler) => new("GET", Scope.Read, false, (context, _) => handler(context));

    /// <summary>Does something with a body.</summary>
    public static Route Post(Func<HttpContext, CancellationToken, Task> handler) => new("POST", Scope.Write, true, handler);

    /// <summary>Removes something.</summary>
    public static Route Delete(Func<HttpContext, Task> handler) => new("DELETE", Scope.Write, false, (context, _) => handler(context));
}

/// <summary>Who is let in at a path.</summary>
internal enum RouteAccess
{
    /// <summary>Programs of this machine where no token was given, and everybody else by token.</summary>
    Machine,

    /// <summary>Only who proves to be somebody: the agent's sessions and tools are not for every program of this machine.</summary>
    Identity,

    /// <summary>Whoever has the handler's own secret, which it checks itself before it reads anything.</summary>
    OwnSecret,

    /// <summary>Whoever knows the address, which nobody can guess: a frame of a web page brings nothing else.</summary>
    Ticket,

    /// <summary>Everybody: what is there is the same for all, and tells nothing of this box or of anybody.</summary>
    Everybody,
}
