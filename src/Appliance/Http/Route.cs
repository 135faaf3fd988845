namespace Appliance.Http;

/// <summary>What is at a path for a method.</summary>
/// <param name="Method">HTTP method; GET answers HEAD too.</param>
/// <param name="Scope">What one must be allowed to do.</param>
/// <param name="HasBody">True where a body is read: those are bounded in number and size.</param>
/// <param name="Handler">Answers.</param>
internal sealed record Route(string Method, string Scope, bool HasBody, Func<HttpContext, CancellationToken, Task> Handler)
{
    /// <summary>True for who must prove to be somebody: a program of this machine without a token is not enough.</summary>
    public bool NeedsIdentity { get; init; }

    /// <summary>True where it answers the method.</summary>
    public bool Allows(string method) => method == Method || (Method == "GET" && method == "HEAD");

    /// <summary>Reads something.</summary>
    public static Route Get(Func<HttpContext, Task> handler) => new("GET", Gateway.Identity.Scope.Read, false, (context, _) => handler(context));

    /// <summary>Does something with a body.</summary>
    public static Route Post(Func<HttpContext, CancellationToken, Task> handler) => new("POST", Gateway.Identity.Scope.Write, true, handler);

    /// <summary>Removes something.</summary>
    public static Route Delete(Func<HttpContext, Task> handler) => new("DELETE", Gateway.Identity.Scope.Write, false, (context, _) => handler(context));
}
