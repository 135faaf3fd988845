using System.Net;
using System.Security.Cryptography;
using Models.Egress;
using Models.Store;
using Runtime.Exec.Paths;
using Runtime.Sandbox;

namespace Runtime.Skills.Installing;

/// <summary>Gets what somebody named (a folder, an archive, <c>git:URL</c>, a URL) into a folder of its own, where it can be looked at. Nothing of it is run.</summary>
/// <param name="door">The one way out.</param>
/// <param name="sandbox">Where git runs.</param>
internal sealed class SkillFetcher(EgressDoor door, CommandSandbox sandbox)
{
    private const string GitPrefix = "git:";

    /// <summary>Gets it.</summary>
    /// <param name="source">What was named; <c>#sha256=HEX</c> behind a URL is checked.</param>
    /// <param name="folder">An empty folder.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="SkillException">It cannot be had, or was refused.</exception>
    public async Task FetchAsync(string source, string folder, CancellationToken cancellation)
    {
        if (source.StartsWith(GitPrefix, StringComparison.Ordinal)) await CloneAsync(Address(source[GitPrefix.Length..]), folder, cancellation);
        else if (source.Contains("://", StringComparison.Ordinal))
        {
            var address = Address(source);
            if (address.AbsolutePath.EndsWith(".git", StringComparison.Ordinal)) await CloneAsync(address, folder, cancellation);
            else await DownloadAsync(address, folder, cancellation);
        }
        else if (Directory.Exists(source)) SkillFiles.Copy(source, folder);
        else if (File.Exists(source)) SkillArchive.Unpack(source, folder);
        else throw new SkillException($"There is no folder or file {source}. Name a folder, a .zip or .tar.gz, git:https://…, or https://….");
    }

    private static Uri Address(string text) => Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "https" or "http" && address.UserInfo.Length == 0
        ? address
        : throw new SkillException("Only https:// (and http:// to this machine) without a user name in it can be fetched.");

    private async Task DownloadAsync(Uri address, string folder, CancellationToken cancellation)
    {
        var file = folder + ".download";
        try
        {
            using var client = door.CreateHttpClient();
            client.Timeout = TimeSpan.FromMinutes(2);
            using var answer = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (answer.StatusCode != HttpStatusCode.OK) throw new SkillException($"{EgressPolicy.Redact(address)} answered {(int)answer.StatusCode}.");
            await using (var input = await answer.Content.ReadAsStreamAsync(cancellation))
            await using (var output = new FileStream(file, FileMode.CreateNew))
            {
                var buffer = new byte[64 * 1024];
                for (int read; (read = await input.ReadAsync(buffer, cancellation)) > 0; await output.WriteAsync(buffer.AsMemory(0, read), cancellation))
                    if (output.Length + read > SkillArchive.Largest) throw new SkillException($"{EgressPolicy.Redact(address)} is larger than {SkillArchive.Largest >> 20} MB.");
            }
            if (address.Fragment.StartsWith("#sha256=", StringComparison.Ordinal) && !address.Fragment[8..].Equals(Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(file, cancellation))), StringComparison.OrdinalIgnoreCase))
                throw new SkillException($"What came from {EgressPolicy.Redact(address)} does not have the SHA-256 that was asked for.");
            SkillArchive.Unpack(file, folder);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new SkillException($"{EgressPolicy.Redact(address)} could not be fetched: {e.Message}", e);
        }
        finally
        {
            File.Delete(file);
        }
    }

    // No hooks, no links, no submodules, no other protocol, nobody's configuration; in the sandbox with a network and nothing but this folder.
    private async Task CloneAsync(Uri address, string folder, CancellationToken cancellation)
    {
        door.Policy.Check(address);
        var git = new ProgramFinder(new Exec.Paths.Workspace(folder), null).Find("git") ?? throw new SkillException("There is no git on this machine. Install it, or download the skill as a .zip or .tar.gz.");
        var home = HomeFolder.EnsureFolder(folder + ".home");
        try
        {
            string[] arguments =
            [
                "git", "-c", "core.hooksPath=/dev/null", "-c", "core.symlinks=false", "-c", "protocol.allow=never", "-c", $"protocol.{address.Scheme}.allow=always", "-c", "http.followRedirects=false",
                "clone", "--quiet", "--single-branch", "--no-tags", "--no-recurse-submodules", "--template=", "--", address.AbsoluteUri, "checkout",
            ];
            KeyValuePair<string, string>[] environment =
            [
                new("PATH", "/usr/local/bin:/usr/bin:/bin"), new("HOME", home), new("GIT_TERMINAL_PROMPT", "0"), new("GIT_CONFIG_NOSYSTEM", "1"), new("GIT_CONFIG_GLOBAL", "/dev/null"), new("LC_ALL", "C"),
            ];
            var output = new OutputBuffer(16 * 1024);
            var limits = new SandboxLimits { HasNetwork = true, Time = TimeSpan.FromMinutes(2), File = 64 << 20, Memory = 512 << 20, Processes = 32 };
            using var running = sandbox.Start([new SandboxProgram(git, arguments, folder, environment)], new SandboxFolders(folder, home, []), limits, output);
            if (await running.Ended.WaitAsync(cancellation) != 0) throw new SkillException($"git could not clone {EgressPolicy.Redact(address)}: {Approvals.DisplayText.Escape(running.StopReason ?? output.Read().Text.Trim())}");
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }
}
