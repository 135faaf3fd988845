using System.ComponentModel;
using Xunit;

namespace TestKit.PowerCuts;

/// <summary>A fact that needs a <see cref="PowerCutDisk"/> and is skipped, with a clear word, where there can be none.</summary>
public sealed class PowerCutFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Reason = new(Try);

    /// <summary>Skips the fact unless such a disk can be mounted.</summary>
    public PowerCutFactAttribute() => Skip = Reason.Value!;

    private static string? Try()
    {
        try
        {
            using var disk = new PowerCutDisk();
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or IOException)
        {
            return $"no disk that records its writes can be mounted here (root, FUSE and a loop device are needed): {e.Message}";
        }
    }
}
