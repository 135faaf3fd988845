using Appliance.Gateway.Connections;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Methods;

/// <summary>One method of the gateway.</summary>
/// <param name="Name">As clients call it.</param>
/// <param name="Access">The scope it needs, or <see cref="Anyone"/> or <see cref="NodesOnly"/>.</param>
/// <param name="Handle">Makes the payload of the answer; null where the answer has been sent already.</param>
internal sealed record GatewayMethod(string Name, string Access, Func<GatewayCall, Task<byte[]?>> Handle)
{
    /// <summary>Access of what every connection may call.</summary>
    public const string Anyone = "";

    /// <summary>Access of what nodes call and nobody else.</summary>
    public const string NodesOnly = "node";

    /// <summary>False for what belongs to a capability that is not there: it is answered, but not advertised.</summary>
    public bool IsAdvertised { get; init; } = true;

    /// <summary>True where the method knows a repeated idempotency key itself.</summary>
    public bool KnowsRepeats { get; init; }

    /// <summary>A method that answers at once.</summary>
    public static GatewayMethod Of(string name, string access, Func<GatewayCall, byte[]> handle) => new(name, access, call => Task.FromResult<byte[]?>(handle(call)));

    /// <summary>Lets pass who may call it.</summary>
    /// <exception cref="GatewayException">The caller may not.</exception>
    public void Require(Principal principal)
    {
        if (Access == Anyone) return;
        if (Access != NodesOnly) principal.Require(Access);
        else if (principal.Role != Principal.Node) throw GatewayException.Invalid($"unauthorized role: {principal.Role}");
    }
}

/// <summary>One call.</summary>
/// <param name="Connection">Who calls.</param>
/// <param name="Id">The request's id.</param>
/// <param name="Params">Its parameters.</param>
internal sealed record GatewayCall(GatewayConnection Connection, string Id, RequestParams Params)
{
    /// <summary>Who calls, and what it may do.</summary>
    public Principal Principal => Connection.Principal!;

    /// <summary>Answers before the handler is done: the first of two answers, or the only one where the handler then gives null.</summary>
    public void Respond(byte[] payload) => Connection.Send(FrameWriter.Ok(Id, payload));
}
