using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using Appliance.Commands.Models;
using Models;
using Models.Budget;
using Models.Import;
using Models.Store;
using TestKit;

namespace Appliance.Tests.Commands.Models;

/// <summary>The commands on a home of their own, with the real importer and real tiny models.</summary>
public sealed class ModelsCommandTests : IDisposable
{
    private const string Gguf = "models/stories260K/stories260K-f32.gguf";

    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task List_Empty_SaysHowToGetAModelBesideTheResult()
    {
        var (code, output, error) = await Run("list");

        Assert.Equal((0, ""), (code, output));
        Assert.Contains("models pull", error);
        Assert.Equal("[]\n", (await Run("list", "--json")).Output);
        Assert.Equal("", (await Run("list", "--quiet")).Output);
    }

    [SharedFact(Gguf)]
    public async Task Import_Gguf_InstallsListsAndShowsIt()
    {
        var (code, output, _) = await Run("import", Shared.Find(Gguf.Split('/'))!, "--as", "story", "--quantize", "int8");

        Assert.Equal(0, code);
        Assert.Contains("installed story: llama, 260.0K parameters, int8", output);
        Assert.Matches(@"F32 became int8: \d+ tensors, relative error 0\.00\d\d", output);
        Assert.Equal("story\n", (await Run("list", "-q")).Output);
        Assert.Matches(@"NAME +KIND +SIZE +PARAMETERS.*\nstory +decoder +\d+\.\d kB +260\.0K +int8 +512 +\d{4}-", (await Run("list")).Output);
        Assert.Matches(@"context +512 tokens[\s\S]* \d+\.\d MB  with 512 tokens", (await Run("show", "story")).Output);
        Assert.Equal((0, "story: ok\n", ""), await Run("verify"));
    }

    [Fact]
    public async Task Import_Encoder_IsListedAndShownAsOne()
    {
        new BertModel().Save(_home["source"]);
        Assert.Contains("installed tiny: embedding, bert, ", (await Run("import", _home["source"], "--as", "tiny")).Output);
        Assert.Matches(@"\ntiny +embedding +\d", (await Run("list")).Output);
        var (_, output, error) = await Run("show", "tiny");
        Assert.Matches(@"kind +embedding[\s\S]*context +40 tokens[\s\S]* \d+\.\d MB  with 40 tokens", output);
        Assert.Equal("", error);
        using var list = JsonDocument.Parse((await Run("list", "--json")).Output);
        Assert.Equal("embedding", list.RootElement[0].GetProperty("kind").GetString());
        Assert.Matches(@"one run +10\.5 MB +given back after each\n[\s\S]*longest text +40 tokens", (await Run("plan", "tiny", "--memory", "2GB")).Output);
        using var plan = JsonDocument.Parse((await Run("plan", "tiny", "--memory", "2GB", "--json")).Output);
        Assert.Equal((40, 1, 0), (plan.RootElement.GetProperty("context_length").GetInt32(), plan.RootElement.GetProperty("sequences").GetInt32(), plan.RootElement.GetProperty("kv_pool_bytes").GetInt64()));
        Assert.DoesNotContain("int4", (await Assert.ThrowsAsync<MemoryException>(() => Run("plan", "tiny", "--memory", "100MB"))).Message, StringComparison.Ordinal);
        Assert.Equal((0, "tiny: ok\n", ""), await Run("verify"));
        Assert.Contains("No model that answers", (await Assert.ThrowsAsync<StoreException>(() => Run("show"))).Message);
    }

    [SharedFact(Gguf)]
    public async Task Json_OfEveryCommand_IsWhatItSays()
    {
        using var import = JsonDocument.Parse((await Run("import", Shared.Find(Gguf.Split('/'))!, "--as", "story", "--json")).Output);
        Assert.Equal("story", import.RootElement.GetProperty("model").GetProperty("name").GetString());
        Assert.Equal("F32", import.RootElement.GetProperty("losses")[0].GetProperty("from").GetString());

        using var list = JsonDocument.Parse((await Run("list", "--json")).Output);
        Assert.Equal(260_032, list.RootElement[0].GetProperty("parameters").GetInt64());

        using var show = JsonDocument.Parse((await Run("show", "--json")).Output);
        var size = show.RootElement.GetProperty("files").EnumerateArray().Sum(file => file.GetProperty("size").GetInt64());
        Assert.Equal(show.RootElement.GetProperty("model").GetProperty("size").GetInt64(), size);
        // 5 layers × 4 KV heads × 16 dimensions (8 in the file, padded as GroupQueryAttention wants) × 2 (key, value) × 4 bytes.
        Assert.Equal(2560, show.RootElement.GetProperty("memory").GetProperty("kv_bytes_per_token").GetInt64());

        using var verify = JsonDocument.Parse((await Run("verify", "--json")).Output);
        Assert.True(verify.RootElement[0].GetProperty("ok").GetBoolean());
    }

    [SharedFact(Gguf)]
    public async Task Verify_DamagedFile_NamesItAndExits1()
    {
        var model = Import("story");
        Import("other");
        var data = Path.Combine(model.Folder, "model.onnx.data");
        var bytes = File.ReadAllBytes(data);
        bytes[^1] ^= 1;
        File.WriteAllBytes(data, bytes);

        var (code, output, error) = await Run("verify");

        Assert.Equal(1, code);
        Assert.Equal("other: ok\nstory: damaged\n  model.onnx.data: its content has changed (SHA-256 differs)\n", output);
        Assert.Contains("story", error);
        Assert.Equal(0, (await Run("verify", "other")).Code);
        Assert.Equal(1, (await Run("verify", "story", "--json")).Code);
    }

    [SharedFact(Gguf)]
    public async Task List_DamagedManifest_WarnsAndShowsTheRest()
    {
        var model = Import("story");
        Import("other");
        File.WriteAllText(Path.Combine(model.Folder, "manifest.json"), "{");

        var (code, output, error) = await Run("list", "-q");

        Assert.Equal((0, "other\n"), (code, output));
        Assert.Contains("'story' is damaged", error);
        Assert.Equal(0, (await Run("remove", "story")).Code);
    }

    [SharedFact(Gguf)]
    public async Task Remove_SomeThereSomeNot_RemovesWhatIsThereAndExits1()
    {
        Import("a");
        Import("b");
        Import("c");

        var (code, output, error) = await Run("rm", "a", "nobody", "c");

        Assert.Equal((1, "removed a\nremoved c\n"), (code, output));
        Assert.Contains("'nobody'", error);
        Assert.Equal("b\n", (await Run("list", "-q")).Output);
    }

    [SharedFact(Gguf)]
    public async Task Pull_BrokenOffAndDoneAgain_InstallsTheCheckedFile()
    {
        var content = File.ReadAllBytes(Shared.Find(Gguf.Split('/'))!);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(content));
        using var server = new FakeServer(r => FakeReply.File(r, content, "\"v1\""));

        var (code, output, _) = await Run("pull", $"{server.Address}/story.gguf#sha256={sha256}");
        Assert.Equal(0, code);
        Assert.DoesNotContain("SHA-256", output);

        (code, output, _) = await Run("pull", $"{server.Address}/story.gguf?x=1", "--as", "again");
        Assert.Equal(0, code);
        Assert.Contains($"SHA-256 {sha256}", output);
        Assert.Equal("again\nstory\n", (await Run("list", "-q")).Output);
    }

    [Fact]
    public async Task Pull_FileThatIsNoModel_FailsAndLeavesNothing()
    {
        using var server = new FakeServer(r => FakeReply.File(r, "this is no model"u8.ToArray()));

        await Assert.ThrowsAsync<ImportException>(() => Run("pull", server.Address + "/story.gguf"));

        Assert.Equal("", (await Run("list", "-q")).Output);
        Assert.Empty(Directory.GetFileSystemEntries(_home["downloads"]));
    }

    [SharedFact(Gguf)]
    public async Task Plan_ShowsWhatAModelWouldUse()
    {
        Import("story");
        var (code, output, _) = await Run("plan", "story", "--memory", "8GB");
        Assert.Equal(0, code);
        Assert.Matches(@"MEMORY +SIZE\n(.*\n)*keys and values +\d+\.\d MB +2\.6 kB per token; .*\n(.*\n)*usable +7\.6 GB +8\.0 GB available, 400\.0 MB kept free\n", output);
        Assert.Matches(@"context +512 of 512 tokens\nat once +8 sequences\nkeys and values +float32\n", output);

        using var plan = JsonDocument.Parse((await Run("plan", "--memory", "200MiB", "--context", "100", "--json")).Output);
        Assert.Equal(100, plan.RootElement.GetProperty("context_length").GetInt32());
        Assert.Equal(200 << 20, plan.RootElement.GetProperty("available_bytes").GetInt64());
        Assert.True(plan.RootElement.GetProperty("total_bytes").GetInt64() <= plan.RootElement.GetProperty("usable_bytes").GetInt64());
        Assert.Contains("kept free", (await Run("plan")).Output);

        var error = await Assert.ThrowsAsync<MemoryException>(() => Run("plan", "--memory", "100MB"));
        Assert.Matches(@"^story needs \d+ MB of memory with 512 tokens of context, and 32 MB can be used", error.Message);
    }

    [Fact]
    public async Task Pull_Cancelled_IsCancelled()
    {
        using var cancel = new CancellationTokenSource();
        using var server = new FakeServer(r =>
        {
            cancel.Cancel();
            return FakeReply.File(r, new byte[1000]) with { BreakAfter = 100, FallSilent = true };
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Run(cancel.Token, "pull", server.Address + "/story.gguf"));
    }

    [Theory]
    [InlineData("show", "nobody")]
    [InlineData("verify", "nobody")]
    [InlineData("show")]
    [InlineData("import", "/no/such.gguf")]
    [InlineData("pull", "no-such-file")]
    public async Task AnyCommand_WithSomethingThatIsNotThere_FailsWithASentence(params string[] arguments)
    {
        var error = await Assert.ThrowsAnyAsync<ModelException>(() => Run(arguments));

        Assert.EndsWith(".", error.Message.TrimEnd('`'));
    }

    [Theory]
    [InlineData("pull")]
    [InlineData("remove")]
    [InlineData("import", "x", "--quantize", "int3")]
    [InlineData("list", "extra")]
    [InlineData("plan", "--memory", "lots")]
    [InlineData("plan", "--context", "0")]
    public void AnyCommand_WrongUsage_IsAParseError(params string[] arguments) =>
        Assert.NotEmpty(ModelsCommand.Create(() => _home.Path).Parse(arguments).Errors);

    [SharedFact(Gguf)]
    public void Completion_OfAName_OffersTheInstalledOnes()
    {
        Import("story");
        Import("other");
        var command = ModelsCommand.Create(() => _home.Path);

        foreach (var line in (string[])["show ", "plan ", "remove ", "verify "])
        {
            var words = new RootCommand { command }.Parse("models " + line).GetCompletions(("models " + line).Length).Select(item => item.Label);
            Assert.Contains("story", words);
            Assert.Contains("other", words);
        }
    }

    private InstalledModel Import(string name) =>
        new ModelStore(_home.Path).Import(Shared.Find(Gguf.Split('/'))!, name, new ImportOptions { Quantization = Quantization.None }).Model;

    private Task<(int Code, string Output, string Error)> Run(params string[] arguments) => Run(CancellationToken.None, arguments);

    private async Task<(int Code, string Output, string Error)> Run(CancellationToken cancellation, params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var configuration = new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false };
        var code = await ModelsCommand.Create(() => _home.Path).Parse(arguments).InvokeAsync(configuration, cancellation);
        return (code, output.ToString(), error.ToString());
    }
}
