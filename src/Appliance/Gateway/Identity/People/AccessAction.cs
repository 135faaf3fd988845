namespace Appliance.Gateway.Identity.People;

/// <summary>Kinds of things that are decided about.</summary>
internal enum AccessAction
{
    /// <summary>Calling what needs a scope.</summary>
    Scope,

    /// <summary>Talking to an agent.</summary>
    Agent,

    /// <summary>Using a model.</summary>
    Model,

    /// <summary>Seeing or continuing a session.</summary>
    Session,

    /// <summary>Reaching a file, by its real path.</summary>
    Folder,
}

/// <summary>What was decided.</summary>
/// <param name="IsAllowed">True where it may happen.</param>
/// <param name="Rule">The rule that decided, for the audit log.</param>
internal readonly record struct AccessDecision(bool IsAllowed, string Rule)
{
    /// <summary>A refusal.</summary>
    public static AccessDecision Deny(string rule) => new(false, rule);
}
