using System.Security.Cryptography;
using System.Text;
using Models.Egress;
using Models.Import;
using Models.Store;
using TestKit;

namespace Models.Tests.Store;

public sealed class ModelPullerTests : IDisposable
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";
    private static readonly byte[] Weights = Encoding.UTF8.GetBytes("GGUF" + new string('w', 5000));
    private static readonly string WeightsSha256 = Convert.ToHexStringLower(SHA256.HashData(Weights));

    private readonly TempHome _home = new();
    private readonly EgressDoor _door = new(new EgressPolicy());

    public void Dispose()
    {
        _door.Dispose();
        _home.Dispose();
    }

    private string Downloads => Path.Combine(_home.Path, "downloads");

    [Fact]
    public async Task Pull_HuggingFaceFile_InstallsThatFileOfTheCommit()
    {
        using var hub = Hub();

        var result = await Pull(hub, "hf:owner/story-GGUF:story-Q8_0.gguf");

        Assert.Equal("story-Q8_0", result.Model.Manifest.Name);
        Assert.Equal("hf:owner/story-GGUF:story-Q8_0.gguf", result.Model.Manifest.Source);
        Assert.Equal(Encoding.UTF8.GetString(Weights), TempHome.Weights(_home.Store.Get("story-Q8_0")));
        Assert.Equal(["/api/models/owner/story-GGUF?blobs=true", $"/owner/story-GGUF/resolve/{Commit}/story-Q8_0.gguf"], hub.Requests.Select(r => r.Target));
        Assert.Empty(Directory.GetFileSystemEntries(Downloads));
    }

    [Fact]
    public async Task Pull_HuggingFaceToken_ReachesTheHubAndNotTheStorageBehindIt()
    {
        using var storage = new FakeServer(r => FakeReply.File(r, Weights, "\"x\""));
        using var hub = Hub(_ => FakeReply.Redirect(302, storage.Address + "/xet?X-Amz-Signature=s3cret"));

        await Pull(hub, "hf:owner/story-GGUF", token: "hf_s3cret");

        Assert.All(hub.Requests, r => Assert.Equal("Bearer hf_s3cret", r.Header("Authorization")));
        Assert.Null(Assert.Single(storage.Requests).Header("Authorization"));
        Assert.DoesNotContain("s3cret", File.ReadAllText(Path.Combine(_home.Store.Get(null).Folder, "manifest.json")));
    }

    [Fact]
    public async Task Pull_HuggingFaceTellsLicence_IsKeptWhereTheFileSaysNothing()
    {
        using var hub = Hub();
        var store = new ModelStore(_home.Path, (source, target, options, token) => TempHome.Copy(source, target, options, token) with { License = null });

        var result = await new ModelPuller(store, _door, Hosts(hub), NoWait).PullAsync("hf:owner/story-GGUF", null, new PullOptions());

        Assert.Equal("apache-2.0", result.Model.Manifest.License);
    }

    [Fact]
    public async Task Pull_HuggingFaceEncoder_InstallsItsGraphAndPooling()
    {
        using var folder = new TemporaryFolder();
        new BertModel { Quantized = true, Pooling = "cls_token" }.Save(folder.Path);
        var data = File.ReadAllBytes(folder["onnx/model_quantized.onnx.data"]);
        // Publishers keep small models in one file; the one here has its weights beside it.
        var files = Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder.Path, path)).ToList();
        using var hub = new FakeServer(r => r.Target.StartsWith("/api/", StringComparison.Ordinal)
            ? new FakeReply(200, $$"""{"config":{"architectures":["BertModel"]},"siblings":[{"rfilename":"model.safetensors"},{{string.Join(',', files.Select(f => $$"""{"rfilename":"{{f}}"}"""))}}]}""")
            : new FakeReply(200, File.ReadAllBytes(folder[r.Target.Split("/resolve/main/")[1]])));
        var store = new ModelStore(_home.Path);

        var result = await new ModelPuller(store, _door, Hosts(hub), NoWait).PullAsync("hf:owner/tiny-bert", null, new PullOptions());

        Assert.Equal(("tiny-bert", ModelKind.Embedding, "int8"), (result.Model.Manifest.Name, result.Model.Manifest.Kind, result.Model.Manifest.Quantization));
        Assert.Contains("\"cls\"", File.ReadAllText(Path.Combine(result.Model.Folder, "encoder.json")), StringComparison.Ordinal);
        Assert.Equal(data, File.ReadAllBytes(Path.Combine(result.Model.Folder, "model_quantized.onnx.data")));
    }

    [Fact]
    public async Task Pull_HuggingFaceSafetensors_ImportsTheFolder()
    {
        var files = new Dictionary<string, string> { ["config.json"] = "{1}", ["tokenizer.json"] = "{2}", ["model.safetensors"] = "weights", ["README.md"] = "no" };
        using var hub = new FakeServer(r => r.Target.StartsWith("/api/", StringComparison.Ordinal)
            ? new FakeReply(200, $$"""{"siblings":[{{string.Join(',', files.Select(f => $$"""{"rfilename":"{{f.Key}}","size":{{f.Value.Length}}}"""))}}]}""")
            : new FakeReply(200, files[r.Target.Split('/')[^1]]));
        var imported = new Dictionary<string, string>();
        var store = new ModelStore(_home.Path, (source, target, _, _) =>
        {
            foreach (var path in Directory.GetFiles(source)) imported[Path.GetFileName(path)] = File.ReadAllText(path);
            return new ImportReport("llama", 1, "none", 1, null, []);
        });
        var progress = new Collect<PullProgress>();

        var result = await new ModelPuller(store, _door, Hosts(hub), NoWait).PullAsync("hf:owner/story", null, new PullOptions { Progress = progress });

        Assert.Equal("story", result.Model.Manifest.Name);
        files.Remove("README.md");
        Assert.Equal(files.OrderBy(f => f.Key), imported.OrderBy(f => f.Key));
        Assert.Contains("/owner/story/resolve/main/config.json", hub.Requests.Select(r => r.Target));
        Assert.All(progress.Seen, p => Assert.Equal(13, p.Total));
        Assert.Equal(13, progress.Seen[^1].Done);
    }

    [Theory]
    [InlineData("GatedRepo", 403, "accept its terms")]
    [InlineData("RepoNotFound", 404, "does not exist or is private")]
    [InlineData("", 401, "does not exist or is private")]
    public async Task Pull_HuggingFaceRefuses_SaysWhatToDo(string code, int status, string words)
    {
        using var hub = new FakeServer(_ => new FakeReply(status).With("X-Error-Code", code));

        var error = await Assert.ThrowsAsync<StoreException>(() => Pull(hub, "hf:owner/story"));

        Assert.Contains(words, error.Message);
        Assert.Contains("HF_TOKEN", error.Message);
    }

    // secrets-03: what a server says back, and the address with its key in it, are told to nobody.
    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(500)]
    public async Task Pull_RefusedWithTheKeyInAddressAndAnswer_TellsNeither(int status)
    {
        using var server = new FakeServer(_ => new FakeReply(status, "invalid api key: sk-s3cret-1234567890").With("WWW-Authenticate", "Bearer error=\"sk-s3cret-1234567890\""));

        var error = await Assert.ThrowsAnyAsync<ModelException>(() => Pull(server, server.Address + "/x.gguf?api_key=sk-s3cret-1234567890"));

        Assert.NotEmpty(server.Requests);
        for (Exception? e = error; e is not null; e = e.InnerException) Assert.DoesNotContain("s3cret", e.Message);
    }

    [Theory]
    [InlineData("hf:story")]
    [InlineData("hf:a/b/c")]
    [InlineData("hf:../b")]
    [InlineData("hf:a/b:")]
    [InlineData("hf:a/b?x=1")]
    [InlineData("ollama:")]
    [InlineData("ollama:a/b/c")]
    [InlineData("ollama:a:b:c")]
    [InlineData("ollama:../x")]
    [InlineData("https://")]
    [InlineData("https://me:pass@example.org/x.gguf")]
    [InlineData("https://example.org/x.gguf#sha256=12")]
    [InlineData("no-such-file.gguf")]
    public async Task Pull_NotAReference_IsAnErrorAndNothingIsSent(string reference)
    {
        using var server = new FakeServer(_ => new FakeReply(200));

        var error = await Assert.ThrowsAsync<StoreException>(() => Pull(server, reference));

        Assert.DoesNotContain("pass@", error.Message);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("<html>")]
    [InlineData("""{"siblings":null}""")]
    [InlineData("""{"siblings":[null]}""")]
    [InlineData("""{"siblings":[{"size":1}]}""")]
    [InlineData("""{"siblings":[]}""")]
    [InlineData("""{"siblings":[{"rfilename":"a.gguf","size":"many"}]}""")]
    [InlineData("""{"siblings":[{"rfilename":"a-00001-of-00002.gguf","size":1}]}""")]
    public async Task Pull_HubAnswersNonsense_IsAnError(string answer)
    {
        using var hub = new FakeServer(_ => new FakeReply(200, answer));

        await Assert.ThrowsAsync<StoreException>(() => Pull(hub, "hf:owner/story"));
    }

    [Fact]
    public async Task Pull_HubNamesAFolderOutside_StaysInside()
    {
        using var hub = new FakeServer(r => r.Target.StartsWith("/api/", StringComparison.Ordinal)
            ? new FakeReply(200, """{"siblings":[{"rfilename":"../../..gguf/../\u001b[2J evil.gguf","size":-5}],"cardData":[1]}""")
            : new FakeReply(200, "w"));

        var result = await Pull(hub, "hf:owner/story");

        Assert.Equal("2J-evil", result.Model.Manifest.Name);
        Assert.Equal(["downloads", "models"], Directory.GetFileSystemEntries(_home.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Pull_Ollama_FetchesTheModelLayerByDigest()
    {
        using var registry = Registry();

        var result = await Pull(registry, "ollama:story:0.5b");

        Assert.Equal("story:0.5b", result.Model.Manifest.Name);
        Assert.Equal(["/v2/library/story/manifests/0.5b", $"/v2/library/story/blobs/sha256:{WeightsSha256}"], registry.Requests.Select(r => r.Target));
        Assert.Contains("application/vnd.docker.distribution.manifest.v2+json", registry.Requests[0].Header("Accept"));
        Assert.Equal("story:0.5b", _home.Store.Find("story:0.5b")!.Manifest.Name);
    }

    [Theory]
    [InlineData("ollama:story", "/v2/library/story/manifests/latest", "story")]
    [InlineData("ollama:owner/story:q4", "/v2/owner/story/manifests/q4", "story:q4")]
    public async Task Pull_OllamaShortAndLongNames_AskForTheRightManifest(string reference, string target, string name)
    {
        using var registry = Registry();

        var result = await Pull(registry, reference);

        Assert.Equal(target, registry.Requests[0].Target);
        Assert.Equal(name, result.Model.Manifest.Name);
    }

    [Theory]
    [InlineData("""{"layers":[]}""")]
    [InlineData("""{"layers":[null]}""")]
    [InlineData("""{"layers":[{"mediaType":"application/vnd.ollama.image.model","digest":"sha256:../../x","size":1}]}""")]
    [InlineData("""{"layers":[{"mediaType":"application/vnd.ollama.image.model","digest":"md5:00","size":1}]}""")]
    [InlineData("""{"layers":[{"mediaType":"application/vnd.ollama.image.adapter","digest":"sha256:0","size":1}]}""")]
    [InlineData("""{"errors":[{"code":"MANIFEST_UNKNOWN"}]}""")]
    public async Task Pull_OllamaManifestWithoutAModel_IsAnError(string manifest)
    {
        using var registry = new FakeServer(_ => new FakeReply(200, manifest));

        await Assert.ThrowsAsync<StoreException>(() => Pull(registry, "ollama:story"));

        Assert.Single(registry.Requests);
    }

    [Fact]
    public async Task Pull_OllamaUnknownTag_SaysWhichOne()
    {
        using var registry = new FakeServer(_ => new FakeReply(404, """{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}"""));

        var error = await Assert.ThrowsAsync<StoreException>(() => Pull(registry, "ollama:story:7b"));

        Assert.Contains("'story' with the tag '7b'", error.Message);
    }

    [Fact]
    public async Task Pull_Address_InstallsAndForgetsItsSecrets()
    {
        using var server = new FakeServer(r => FakeReply.File(r, Weights));

        var result = await Pull(server, $"{server.Address}/models/my%20story.gguf?token=s3cret#sha256={WeightsSha256}");

        Assert.Equal("my-story", result.Model.Manifest.Name);
        Assert.Equal($"{server.Address}/models/my%20story.gguf", result.Model.Manifest.Source);
        Assert.Equal("/models/my%20story.gguf?token=s3cret", Assert.Single(server.Requests).Target);
    }

    [Fact]
    public async Task Pull_AddressWithWrongHash_InstallsNothing()
    {
        _home.Install("story", "old");
        using var server = new FakeServer(r => FakeReply.File(r, Weights));

        await Assert.ThrowsAsync<StoreException>(() => Pull(server, $"{server.Address}/story.gguf#sha256={new string('0', 64)}"));

        Assert.Equal("old", TempHome.Weights(_home.Store.Get("story")));
        Assert.Empty(Directory.GetFiles(Downloads, "*.gguf*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Pull_LocalFile_ImportsIt()
    {
        using var server = new FakeServer(_ => new FakeReply(200));

        var result = await Pull(server, _home.Source("weights", "local.gguf"));

        Assert.Equal("local", result.Model.Manifest.Name);
    }

    [Fact]
    public async Task Pull_Offline_SendsNothing()
    {
        using var door = new EgressDoor(new EgressPolicy { Offline = true });
        var puller = new ModelPuller(_home.Store, door);

        foreach (var reference in (string[])["hf:owner/story", "ollama:story", "https://example.invalid/story.gguf"])
            Assert.Contains("Offline mode", (await Assert.ThrowsAsync<EgressException>(() => puller.PullAsync(reference, null, new PullOptions()))).Message);
        Assert.Empty(_home.Store.Names());
    }

    [Theory]
    [InlineData("hf:owner/story")]
    [InlineData("ollama:story")]
    [InlineData("{0}/story.gguf")]
    public async Task Pull_HostCannotProveWhoItIs_SaysSoAtOnce(string reference)
    {
        using var certificate = TestCertificate.Create();
        using var server = new FakeServer(_ => new FakeReply(200), certificate);

        var error = await Assert.ThrowsAsync<StoreException>(() => Pull(server, reference.Replace("{0}", server.Address)));

        Assert.Contains("could not prove who it is", error.Message);
        Assert.Contains("SSL_CERT_FILE", error.Message);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Pull_HubAnswersWithoutEnd_IsAnError()
    {
        using var hub = new FakeServer(_ => new FakeReply(200, new byte[EgressDoor.MaxBufferedBody + 1]));

        Assert.Contains("more than can be right", (await Assert.ThrowsAsync<StoreException>(() => Pull(hub, "hf:owner/story"))).Message);
    }

    [Fact]
    public async Task Pull_CancelledThenAgain_FetchesOnlyTheRest()
    {
        using var cancel = new CancellationTokenSource();
        var silent = true;
        using var hub = Hub(r => silent ? FakeReply.File(r, Weights) with { BreakAfter = 2000, FallSilent = true } : FakeReply.File(r, Weights));
        var progress = new Collect<PullProgress>(p => { if (p.Done == 2000) cancel.Cancel(); });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new ModelPuller(_home.Store, _door, Hosts(hub), NoWait)
            .PullAsync("hf:owner/story-GGUF", null, new PullOptions { Progress = progress }, cancel.Token));
        Assert.Empty(_home.Store.Names());
        silent = false;
        await Pull(hub, "hf:owner/story-GGUF");

        Assert.Equal("bytes=2000-", hub.Requests[^1].Header("Range"));
        Assert.Empty(_home.Store.Verify("story-Q4_0"));
    }

    [Fact]
    public async Task Pull_ImportRefusesTheFile_RemovesTheDownload()
    {
        using var hub = Hub();
        var store = new ModelStore(_home.Path, (_, _, _, _) => throw new ImportException("unknown architecture"));

        await Assert.ThrowsAsync<ImportException>(() =>
            new ModelPuller(store, _door, Hosts(hub), NoWait).PullAsync("hf:owner/story-GGUF", null, new PullOptions()));

        Assert.Empty(Directory.GetFileSystemEntries(Downloads));
    }

    [Fact]
    public async Task Pull_ImportFailsForAnotherReason_KeepsTheDownloadForTheNextTime()
    {
        using var hub = Hub();
        var store = new ModelStore(_home.Path, (_, _, _, _) => throw new IOException("device error"));
        await Assert.ThrowsAsync<StoreException>(() =>
            new ModelPuller(store, _door, Hosts(hub), NoWait).PullAsync("hf:owner/story-GGUF", null, new PullOptions()));
        var requests = hub.Requests.Count;

        await Pull(hub, "hf:owner/story-GGUF");

        Assert.Equal(requests + 1, hub.Requests.Count);
    }

    [Fact]
    public async Task Pull_SameReferenceTwiceAtOnce_SecondIsToldSo()
    {
        using var cancel = new CancellationTokenSource();
        var began = new TaskCompletionSource();
        using var hub = Hub(r => FakeReply.File(r, Weights) with { BreakAfter = 2000, FallSilent = true });
        var progress = new Collect<PullProgress>(_ => began.TrySetResult());
        var first = new ModelPuller(_home.Store, _door, Hosts(hub), NoWait)
            .PullAsync("hf:owner/story-GGUF", null, new PullOptions { Progress = progress }, cancel.Token);
        await began.Task;

        var error = await Assert.ThrowsAsync<StoreException>(() => Pull(hub, "hf:owner/story-GGUF"));

        Assert.Contains("already", error.Message);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
    }

    [Fact]
    public async Task Pull_DownloadsNobodyCameBackFor_AreRemoved()
    {
        using var hub = Hub();
        var (old, recent) = (Directory.CreateDirectory(Path.Combine(Downloads, "old")), Directory.CreateDirectory(Path.Combine(Downloads, "recent")));
        old.LastWriteTimeUtc = DateTime.UtcNow.AddDays(-20);
        recent.LastWriteTimeUtc = DateTime.UtcNow.AddDays(-10);

        await Pull(hub, "hf:owner/story-GGUF");

        Assert.Equal(["recent"], Directory.GetDirectories(Downloads).Select(Path.GetFileName));
    }

    [RootFact]
    public async Task Pull_DiskTooSmall_SaysHowMuchIsNeededBeforeItFetches()
    {
        using var disk = new SmallDisk(_home.Path, 4096);
        using var hub = Hub();
        var store = new ModelStore(disk.Path, TempHome.Copy);

        var error = await Assert.ThrowsAsync<StoreException>(() =>
            new ModelPuller(store, _door, Hosts(hub), NoWait).PullAsync("hf:owner/story-GGUF", null, new PullOptions()));

        Assert.Contains("needs at least 5.6 kB more", error.Message);
        Assert.Single(hub.Requests);
    }

    private static DownloadLimits NoWait => new() { Delay = (_, _) => Task.CompletedTask };

    private static PullHosts Hosts(FakeServer server, string? token = null) => new(server.Address, token, server.Address);

    private Task<InstallResult> Pull(FakeServer server, string reference, string? token = null) =>
        new ModelPuller(_home.Store, _door, Hosts(server, token), NoWait).PullAsync(reference, null, new PullOptions());

    /// <summary>A hub with one repository, answering in the shape of /api/models/…?blobs=true as of 2026.</summary>
    private static FakeServer Hub(Func<FakeRequest, FakeReply>? resolve = null) => new(r => r.Target.StartsWith("/api/", StringComparison.Ordinal)
        ? new FakeReply(200, $$"""
            {"_id":"66e98b0bcf08e6c73ba1ce2a","id":"owner/story-GGUF","private":false,"gated":false,"sha":"{{Commit}}","cardData":{"license":"apache-2.0"},
             "siblings":[
               {"rfilename":".gitattributes","size":1519,"blobId":"a6344aac8c09253b3b630fb776ae94478aa0275b"},
               {"rfilename":"README.md","size":4856,"blobId":"c6d9d97367083098b753d8960ac8b4a76d81039f"},
               {"rfilename":"story-Q4_0.gguf","blobId":"eca68f83004d8b86fa1742ee507ddee8f4b2abce","size":{{Weights.Length}},"lfs":{"sha256":"{{WeightsSha256}}","size":{{Weights.Length}},"pointerSize":135} },
               {"rfilename":"story-Q8_0.gguf","blobId":"eca68f83004d8b86fa1742ee507ddee8f4b2abce","size":{{Weights.Length}},"lfs":{"sha256":"{{WeightsSha256}}","size":{{Weights.Length}},"pointerSize":135} }]}
            """).With("Content-Type", "application/json; charset=utf-8")
        : resolve is not null ? resolve(r) : FakeReply.File(r, Weights, $"\"{WeightsSha256}\""));

    /// <summary>A registry with one model, its manifest in the shape registry.ollama.ai sends.</summary>
    private static FakeServer Registry() => new(r => r.Target.Contains("/manifests/", StringComparison.Ordinal)
        ? new FakeReply(200, $$"""
            {"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json",
             "config":{"mediaType":"application/vnd.docker.container.image.v1+json","digest":"sha256:887433b89a901c156f7e6944442f3c9e57f3c55d6ed52042cbb7303aea994290","size":483},
             "layers":[
               {"mediaType":"application/vnd.ollama.image.license","digest":"sha256:097a36493f718248845233af1d3fefe7a303f864fae13bc31a3a9704229378ca","size":8433},
               {"mediaType":"application/vnd.ollama.image.model","digest":"sha256:{{WeightsSha256}}","size":{{Weights.Length}}},
               {"mediaType":"application/vnd.ollama.image.template","digest":"sha256:109037bec39c0becc8221222ae23557559bc594290945a2c4221ab4f303b8871","size":136}]}
            """).With("Content-Type", "text/plain; charset=utf-8")
        : FakeReply.File(r, Weights));

    private sealed class Collect<T>(Action<T>? then = null) : IProgress<T>
    {
        public List<T> Seen { get; } = [];

        public void Report(T value)
        {
            Seen.Add(value);
            then?.Invoke(value);
        }
    }
}
