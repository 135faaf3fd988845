namespace EndToEnd.Services;

/// <summary>A theory that needs systemd-analyze(1); skipped, with a word, where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SystemdTheoryAttribute : TheoryAttribute
{
    public const string Program = "/usr/bin/systemd-analyze";

    public SystemdTheoryAttribute() => Skip = File.Exists(Program) ? null! : "systemd-analyze is not installed";
}
