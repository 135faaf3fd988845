using System.Runtime.InteropServices;
using System.Text;
using Appliance.Update.Slots;
using Models;

namespace Appliance.Hosting;

/// <summary>
/// Puts the program anew into this process (execve(2)): the same process id, terminal and unit, with the file and the configuration of
/// now. Whatever was open is closed by then; nothing of the old program goes on.
/// </summary>
internal static partial class Relaunch
{
    /// <summary>Does it. Comes back only where it cannot be done.</summary>
    /// <param name="without">An argument that is not given again, because it would do once more what was meant once; null for none.</param>
    /// <param name="variable">A variable with its value that is added to the environment, or null.</param>
    /// <param name="program">The installed program, which may lead to another version by now; null for this file.</param>
    /// <exception cref="ModelException">The program cannot be started.</exception>
    public static void Now(string? without, string? variable = null, string? program = null)
    {
        // /proc keeps the arguments as they were given, the program's name included.
        var arguments = Texts("/proc/self/cmdline").Where(argument => argument != without);
        var environment = Texts("/proc/self/environ").Where(text => program is null || !SlotStart.IsMark(text)).Concat(variable is null ? [] : [variable]);
        Console.Out.Flush();
        var file = program ?? Environment.ProcessPath!;
        Execute(file, Pointers(arguments), Pointers(environment));
        throw new ModelException($"Cannot start {file} again: {Marshal.GetLastPInvokeErrorMessage()}. Start it by hand.");
    }

    /// <summary>Becomes another program with the same arguments. Comes back where that cannot be executed.</summary>
    /// <param name="file">The program.</param>
    /// <param name="variables">Variables with their values, in the place of what slots said before.</param>
    public static void As(string file, params string[] variables) =>
        _ = Execute(file, Pointers(Texts("/proc/self/cmdline")), Pointers(Texts("/proc/self/environ").Where(text => !SlotStart.IsMark(text)).Concat(variables)));

    private static string[] Texts(string file) => Encoding.UTF8.GetString(File.ReadAllBytes(file)).Split('\0')[..^1];

    // Ended by a null pointer, as the call wants it. Nobody frees them: where they are used this program is gone.
    private static nint[] Pointers(IEnumerable<string> texts) => [.. texts.Select(Marshal.StringToCoTaskMemUTF8), 0];

    [LibraryImport("libc", EntryPoint = "execve", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, nint[] arguments, nint[] environment);
}
