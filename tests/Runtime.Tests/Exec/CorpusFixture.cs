using System.Diagnostics;
using System.Text.Json;
using Runtime.Exec;
using Runtime.Exec.Paths;
using TestKit;

namespace Runtime.Tests.Exec;

/// <summary>The folder over which the reference corpus of commands was made: a workspace full of traps beside a home with a secret.</summary>
internal sealed class CorpusFixture : IDisposable
{
    public const string Corpus = "evals/exec-corpus.jsonl";
    public const string Allowed = "git,ls,cat,grep,find,npm,python3 scripts/*.py";
    public const string Canary = "/tmp/claw-canary";
    public const string Secret = "SECRET-MARKER-7731";

    private readonly TemporaryFolder _folder = new();

    public CorpusFixture()
    {
        using var tar = Process.Start("tar", ["xzf", Shared.Find("evals", "exec-corpus-fixture.tgz")!, "-C", _folder.Path, "--no-same-owner"]);
        tar.WaitForExit();
        // The link to the secret names a home that this machine does not have.
        File.Delete(_folder["W/secretlink"]);
        File.CreateSymbolicLink(_folder["W/secretlink"], _folder["H/.ssh/id_rsa"]);
        Workspace = new Workspace(_folder["W"]);
        Programs = new ProgramFinder(Workspace, null);
        Policy = new ExecPolicy(Workspace, AllowList.Parse(Allowed), Programs);
    }

    public Workspace Workspace { get; }

    public ProgramFinder Programs { get; }

    public ExecPolicy Policy { get; }

    public static IEnumerable<CorpusRow> Rows()
    {
        foreach (var line in File.ReadLines(Shared.Find(Corpus.Split('/'))!))
        {
            var row = JsonDocument.Parse(line).RootElement;
            var env = row.TryGetProperty("env", out var given) ? given.EnumerateObject().ToDictionary(v => v.Name, v => v.Value.GetString()!) : null;
            yield return new CorpusRow(row.GetProperty("id").GetString()!, row.GetProperty("verdict").GetString()!, row.GetProperty("tier").GetString()!, new ExecRequest(row.GetProperty("input").GetString()!, null, env));
        }
    }

    public void Dispose() => _folder.Dispose();
}

/// <summary>One row of the corpus.</summary>
internal sealed record CorpusRow(string Id, string Verdict, string Tier, ExecRequest Request);
