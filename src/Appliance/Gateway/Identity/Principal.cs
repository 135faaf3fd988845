using Appliance.Gateway.Identity.People;
using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Identity;

/// <summary>Who is behind a request, whichever door it came in by, and what it may do. Immutable.</summary>
/// <param name="Role"><see cref="Operator"/> or <see cref="Node"/>.</param>
/// <param name="Scopes">What was granted; a node has none.</param>
/// <param name="DeviceId">The device that proved itself, or null.</param>
/// <param name="Method">How it proved itself: <c>token</c>, <c>device-token</c>, <c>person-token</c>, <c>bootstrap-token</c>, <c>jwt</c>, <c>tailscale</c> or <c>local</c>.</param>
internal sealed record Principal(string Role, IReadOnlyList<string> Scopes, string? DeviceId, string Method)
{
    /// <summary>A person's client.</summary>
    public const string Operator = "operator";

    /// <summary>A machine that offers commands.</summary>
    public const string Node = "node";

    /// <summary>Who a JWT says it is; null by every other method.</summary>
    public string? Subject { get; init; }

    /// <summary>Tells callers apart: what one has begun is not another's.</summary>
    public string Caller => DeviceId ?? (Subject is null ? PersonId == Person.OwnerId ? Method : $"{Method}:{PersonId}" : $"{Method}:{Subject}");

    /// <summary>The person it acts for.</summary>
    public string PersonId { get; init; } = Person.OwnerId;

    /// <summary>A program of this machine where no token is asked for: it may use the models.</summary>
    public static Principal Local { get; } = new(Operator, [Scope.Read, Scope.Write], null, "local");

    /// <summary>Who holds the gateway's own token, by HTTP: everything.</summary>
    public static Principal Owner { get; } = new(Operator, Scope.All, null, "token");

    /// <summary>Lets pass who may do what needs <paramref name="scope"/>.</summary>
    /// <exception cref="GatewayException">It may not.</exception>
    public void Require(string scope)
    {
        if (Role != Operator) throw GatewayException.Invalid($"unauthorized role: {Role}");
        if (!Scope.Allows(Scopes, scope)) throw GatewayException.MissingScope(scope);
    }
}
