using System.Runtime.InteropServices;
using System.Text;
using Models;

namespace Appliance.Hosting;

/// <summary>
/// Puts the program anew into this process (execve(2)): the same process id, terminal and unit, with the file and the configuration of
/// now. Whatever was open is closed by then; nothing of the old program goes on.
/// </summary>
internal static partial class Relaunch
{
    /// <summary>Does it. Comes back only where it cannot be done.</summary>
    /// <param name="without">An argument that is not given again, because it would do once more what was meant once.</param>
    /// <exception cref="ModelException">The program cannot be started.</exception>
    public static void Now(string without)
    {
        // /proc keeps the arguments as they were given, the program's name included.
        var arguments = Encoding.UTF8.GetString(File.ReadAllBytes("/proc/self/cmdline")).Split('\0')[..^1].Where(argument => argument != without).ToArray();
        Console.Out.Flush();
        var pointers = new nint[arguments.Length + 1];
        for (var i = 0; i < arguments.Length; i++) pointers[i] = Marshal.StringToCoTaskMemUTF8(arguments[i]);
        Execute(Environment.ProcessPath!, pointers);
        throw new ModelException($"Cannot start {Environment.ProcessPath} again: {Marshal.GetLastPInvokeErrorMessage()}. Start it by hand.");
    }

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, nint[] arguments);
}
