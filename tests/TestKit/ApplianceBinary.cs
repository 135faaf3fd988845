using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace TestKit;

/// <summary>The published native binary, which <c>./build.sh publish</c> makes; end-to-end tests drive it as a person would.</summary>
public static class ApplianceBinary
{
    /// <summary>Its path.</summary>
    public static string Path { get; } = System.IO.Path.Combine(
        Repository.Root, "artifacts", RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64", "appliance");

    /// <summary>Starts it with a home of its own and standard streams redirected.</summary>
    public static Process Start(
        string home, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null,
        Func<string, IEnumerable<string>, (string Program, string[] Arguments)>? wrap = null)
    {
        if (!File.Exists(Path)) throw new InvalidOperationException($"{Path} is not there: run ./build.sh publish first.");
        var (program, line) = wrap?.Invoke(Path, arguments) ?? (Path, arguments);
        var start = new ProcessStartInfo(program, line)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            Environment = { ["APPLIANCE_HOME"] = home },
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<CommandResult> RunAsync(string home, params string[] arguments) => await RunWithAsync(home, null, "", arguments);

    /// <summary>Runs it to its end with more in its environment and text on its standard input.</summary>
    public static async Task<CommandResult> RunWithAsync(
        string home, IReadOnlyDictionary<string, string>? environment, string input, params string[] arguments)
    {
        using var process = Start(home, arguments, environment);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return new CommandResult(process.ExitCode, await output, await error);
    }
}

/// <summary>How a command ended.</summary>
public sealed record CommandResult(int ExitCode, string Output, string Error);
