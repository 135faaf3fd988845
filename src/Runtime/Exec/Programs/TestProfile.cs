namespace Runtime.Exec.Programs;

/// <summary>test and [: comparisons, and questions about files of the workspace. Every operand is looked at as if it were a path.</summary>
internal sealed class TestProfile : ProgramProfile
{
    /// <inheritdoc/>
    public override string? WhyAsk(ProgramCall call) => call.WhyNotRead(call.Arguments.Where(argument => !argument.StartsWith('-')));
}
