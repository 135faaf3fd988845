using System.Diagnostics;
using TestKit;

namespace EndToEnd.Services;

/// <summary>Programs of the system, run to their end.</summary>
internal static class Shell
{
    /// <summary>The scripts for boxes.</summary>
    public static string Scripts { get; } = Path.Combine(Repository.Root, "firmware-scripts");

    /// <summary>Runs a program; gives its exit code, and what it printed, errors last.</summary>
    public static async Task<(int Code, string Output)> RunAsync(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await error);
    }
}
