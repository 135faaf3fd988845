using System.Globalization;
using System.Runtime.InteropServices;
using Appliance.Hosting.Offline;
using Models;

namespace Appliance.Network.Tailscale;

/// <summary>
/// Programs that end with this one, however it ends: what is claimed must not outlive it, not even a kill. .NET offers no way to say that of a
/// child, so this program is started first, says it of itself (prctl(2), PR_SET_PDEATHSIG) and becomes the other (execve(2)), which keeps it.
/// </summary>
internal static partial class ParentBound
{
    /// <summary>The hidden command that does it.</summary>
    public const string CommandName = "bound";

    private const int ParentDeathSignal = 1, Kill = 9;

    /// <summary>The words that start a program bound to this process; the program itself where this one is no published file.</summary>
    public static (string Program, string[] Arguments) Wrap(string program, string[] arguments) => WayOut.OwnProgram is { } own && OperatingSystem.IsLinux()
        ? (own, ["network", "tailscale", CommandName, Environment.ProcessId.ToString(CultureInfo.InvariantCulture), "--", program, .. arguments])
        : (program, arguments);

    /// <summary>Becomes the program, bound to the parent. Comes back only where it cannot.</summary>
    /// <param name="parent">The process it is to end with.</param>
    /// <param name="words">The program's whole path and its arguments.</param>
    /// <exception cref="ModelException">It cannot be started.</exception>
    public static void Become(int parent, string[] words)
    {
        _ = Control(ParentDeathSignal, Kill, 0, 0, 0);
        // It may have ended before that was said.
        if (ParentId() != parent) return;
        nint[] arguments = [.. words.Select(Marshal.StringToCoTaskMemUTF8), 0];
        nint[] environment = [.. Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().Select(v => Marshal.StringToCoTaskMemUTF8($"{v.Key}={v.Value}")), 0];
        Execute(words[0], arguments, environment);
        throw new ModelException($"Cannot start {words[0]}: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int Control(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc", EntryPoint = "getppid")]
    private static partial int ParentId();

    [LibraryImport("libc", EntryPoint = "execve", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, nint[] arguments, nint[] environment);
}
