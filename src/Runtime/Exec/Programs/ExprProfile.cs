namespace Runtime.Exec.Programs;

/// <summary>expr: it has no options and only computes; its operands are data, whatever they begin with.</summary>
internal sealed class ExprProfile : ProgramProfile
{
    /// <inheritdoc/>
    public override string? WhyAsk(ProgramCall call) => null;
}
