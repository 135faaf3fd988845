namespace Runtime.Exec.Rules;

/// <summary>What an agent may run. Immutable.</summary>
/// <param name="Security"><c>deny</c>: nothing; <c>allowlist</c>: what is on the list, and what a person approves.</param>
/// <param name="Ask"><c>off</c>: what is not on the list is denied; <c>on-miss</c>: it is asked about; <c>always</c>: everything is.</param>
/// <param name="Allowed">The list.</param>
public sealed record ExecRules(string Security, string Ask, AllowList Allowed)
{
    /// <summary>What only reads runs; the rest asks.</summary>
    public static ExecRules Default { get; } = new("allowlist", "on-miss", AllowList.Readers);

    /// <summary>Nothing runs.</summary>
    public static ExecRules Nothing { get; } = new("deny", "off", AllowList.Empty);

    /// <summary>What these rules make of a verdict over the list.</summary>
    public ExecDecision Apply(ExecDecision decision)
    {
        if (Security == "deny") return decision with { Verdict = ExecVerdict.Deny, Reason = "Commands are switched off for this agent.", Pipelines = [] };
        if (decision.Verdict == ExecVerdict.Ask && Ask == "off") return decision with { Verdict = ExecVerdict.Deny, Pipelines = [] };
        return decision.Verdict == ExecVerdict.Allow && Ask == "always" ? decision with { Verdict = ExecVerdict.Ask, Reason = "Every command of this agent is asked about." } : decision;
    }
}
