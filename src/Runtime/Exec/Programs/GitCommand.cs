namespace Runtime.Exec.Programs;

/// <summary>One command of git that reads.</summary>
/// <param name="Options">Options that may pass.</param>
/// <param name="WhyAsk">A further look: a reason, or null.</param>
internal sealed record GitCommand(OptionTable Options, Func<ParsedOptions, string?>? WhyAsk = null);
