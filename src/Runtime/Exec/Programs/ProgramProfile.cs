namespace Runtime.Exec.Programs;

/// <summary>
/// What of a program may run without asking: only what reads, only in the workspace. Everything that a profile does not know asks.
/// </summary>
internal abstract class ProgramProfile
{
    /// <summary>Why a call has to be asked about, or null where it may run.</summary>
    public abstract string? WhyAsk(ProgramCall call);
}
