using System.Diagnostics;
using System.Text;
using Models;

namespace Appliance.Config.Secrets;

/// <summary>Fetches secrets from where they are. Errors name the place and never what was found there.</summary>
internal static class SecretResolver
{
    private const int Longest = 64 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The secret.</summary>
    /// <param name="secret">Where it is.</param>
    /// <param name="setting">The setting, for messages.</param>
    /// <param name="home">What a relative file is relative to.</param>
    /// <exception cref="ModelException">There is none there.</exception>
    public static string Resolve(SecretReference secret, string setting, string home)
    {
        var text = secret.Source switch
        {
            SecretSource.Environment => Environment.GetEnvironmentVariable(secret.Place[0]) ?? throw new ModelException($"{setting} is in the variable {secret.Place[0]}, which is not set."),
            SecretSource.File => ReadFile(Path.Combine(home, secret.Place[0]), setting),
            SecretSource.Command => Run(secret.Place, setting),
            _ => secret.InlineSecret,
        };
        text = text.Trim();
        return text.Length > 0 ? text : throw new ModelException($"{setting} is empty: {secret} gave nothing. `openssl rand -hex 32` makes a secret.");
    }

    private static string ReadFile(string path, string setting)
    {
        try
        {
            using var file = File.OpenRead(path);
            var bytes = new byte[Longest];
            var read = file.ReadAtLeast(bytes, Longest, throwOnEndOfStream: false);
            return read < Longest ? Encoding.UTF8.GetString(bytes, 0, read) : throw new ModelException($"{setting} is in {path}, which is no file with a secret: it has {Longest} bytes or more.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"{setting} is in {path}, which cannot be read: {e.Message}", e);
        }
    }

    // No shell: what it is given is what it runs.
    private static string Run(IReadOnlyList<string> words, string setting)
    {
        var start = new ProcessStartInfo(words[0], words.Skip(1)) { RedirectStandardOutput = true, RedirectStandardInput = true, UseShellExecute = false };
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            using var patience = new CancellationTokenSource(Patience);
            try
            {
                var output = ReadAsync(process.StandardOutput, patience.Token).GetAwaiter().GetResult();
                process.WaitForExitAsync(patience.Token).GetAwaiter().GetResult();
                return process.ExitCode == 0 ? output : throw new ModelException($"{setting} comes from `{words[0]}`, which ended with {process.ExitCode}.");
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw new ModelException($"{setting} comes from `{words[0]}`, which gave none in {Patience.TotalSeconds:0} seconds.");
            }
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new ModelException($"{setting} comes from `{words[0]}`, which cannot be run: {e.Message}", e);
        }
    }

    private static async Task<string> ReadAsync(StreamReader output, CancellationToken cancellation)
    {
        var text = new char[Longest];
        return new string(text, 0, await output.ReadBlockAsync(text, cancellation));
    }
}
