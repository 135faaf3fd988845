namespace Runtime.Agents.Routing;

/// <summary>
/// What goes to an agent: all that is named must fit; names may end in <c>*</c>. Immutable.
/// </summary>
/// <param name="Agent">Id of the agent.</param>
public sealed record AgentBinding(string Agent)
{
    /// <summary>A channel.</summary>
    public string? Channel { get; init; }

    /// <summary>An account of the box on a channel.</summary>
    public string? Account { get; init; }

    /// <summary>A conversation on a channel.</summary>
    public string? Peer { get; init; }

    /// <summary>Somebody who writes.</summary>
    public string? Person { get; init; }

    /// <summary>A hook.</summary>
    public string? Hook { get; init; }

    /// <summary>What is answered there; null as the agent is set.</summary>
    public Activation? Activation { get; init; }

    /// <summary>True where something is named.</summary>
    public bool IsOfSomething => (Channel ?? Account ?? Peer ?? Person ?? Hook) is not null;

    internal bool Fits(Arrival arrival) =>
        Fits(Channel, arrival.Channel) && Fits(Account, arrival.Account) && Fits(Peer, arrival.Peer) && Fits(Person, arrival.Person) && Fits(Hook, arrival.Hook);

    /// <summary>The narrower the more: a conversation before a person, that before a hook, an account, a channel; a whole name before a pattern.</summary>
    internal int Narrowness => Of(Peer, 5) + Of(Person, 4) + Of(Hook, 3) + Of(Account, 2) + Of(Channel, 1);

    private static int Of(string? pattern, int place) => pattern is null ? 0 : (pattern.EndsWith('*') ? 1 : 2) << (2 * place);

    private static bool Fits(string? pattern, string? value) =>
        pattern is null || (value is not null && (pattern.EndsWith('*') ? value.StartsWith(pattern[..^1], StringComparison.Ordinal) : pattern == value));
}
