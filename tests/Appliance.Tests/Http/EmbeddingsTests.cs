using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Models.Import;
using TestKit;

namespace Appliance.Tests.Http;

/// <summary>Embeddings and reranking over both wires, with the built-in embedder and real tiny encoders.</summary>
public sealed class EmbeddingsTests : IAsyncLifetime
{
    private const string Embeddings = "/v1/embeddings";
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Embeddings_NothingInstalledNothingNamed_ComeFromTheBuiltInEmbedder()
    {
        var answer = await _host.AskAsync(Embeddings, """{"input":"The battery lasts nine hours."}""");
        Assert.Equal(["model", "data", "usage", "object"], answer.Select(p => p.Key));
        Assert.Equal(("hash-1024", "list"), ((string?)answer["model"], (string?)answer["object"]));
        var entry = Assert.Single(answer["data"]!.AsArray())!;
        Assert.Equal(("embedding", 0), ((string?)entry["object"], (int?)entry["index"]));
        Assert.Equal(1024, Vector(entry["embedding"]).Length);
        Assert.Equal("""{"prompt_tokens":5,"total_tokens":5}""", answer["usage"]!.ToJsonString());
    }

    [Theory]
    [InlineData("\"the dog\"", 1)]
    [InlineData("[\"the dog\",\"a cat\"]", 2)]
    [InlineData("[2,5,6,3]", 1)]
    [InlineData("[[2,5,6,3],[2,3]]", 2)]
    public async Task Embeddings_EveryFormOfInput_IsTaken(string input, int count)
    {
        Install(new BertModel());
        foreach (var model in (string[])["", "\"model\":\"\",", "\"model\":\"encoder\","])
        {
            var answer = await _host.AskAsync(Embeddings, $$"""{{{model}}"input":{{input}}}""");
            Assert.Equal("encoder", (string?)answer["model"]);
            Assert.Equal(Enumerable.Range(0, count), answer["data"]!.AsArray().Select(e => (int)e!["index"]!));
            Assert.All(answer["data"]!.AsArray(), e => Assert.Equal(1, Vector(e!["embedding"]).Sum(v => v * v), 1e-5));
        }
        var vectors = (await _host.AskAsync(Embeddings, """{"input":["the dog"]}"""))["data"]![0]!["embedding"]!;
        Assert.Equal(vectors.ToJsonString(), (await _host.AskAsync(Embeddings, """{"input":[2,5,6,3]}"""))["data"]![0]!["embedding"]!.ToJsonString());
    }

    [Fact]
    public async Task Embeddings_Base64_AreTheSameNumbers()
    {
        var numbers = Vector((await _host.AskAsync(Embeddings, """{"input":"x","encoding_format":"float"}"""))["data"]![0]!["embedding"]);
        var text = (string)(await _host.AskAsync(Embeddings, """{"input":"x","encoding_format":"base64"}"""))["data"]![0]!["embedding"]!;
        Assert.Equal(numbers, MemoryMarshal.Cast<byte, float>(Convert.FromBase64String(text)).ToArray());
    }

    [Theory]
    [InlineData("{}", "input")]
    [InlineData("""{"input":""}""", "input")]
    [InlineData("""{"input":[]}""", "input")]
    [InlineData("""{"input":[[]]}""", "input")]
    [InlineData("""{"input":["x",""]}""", "input")]
    [InlineData("""{"input":{"text":"x"}}""", "input")]
    [InlineData("""{"input":["x",7]}""", "input")]
    [InlineData("""{"input":[7,"x"]}""", "input")]
    [InlineData("""{"input":[1.5]}""", "input")]
    [InlineData("""{"input":[1,2]}""", "input")]
    [InlineData("""{"input":"x","dimensions":0}""", "dimensions")]
    [InlineData("""{"input":"x","dimensions":1025}""", "dimensions")]
    [InlineData("""{"input":"x","encoding_format":"int8"}""", "encoding_format")]
    [InlineData("""{"input":"x","model":"tiny"}""", "model")]
    public async Task Embeddings_ThatAreWrong_AreRefusedByField(string body, string parameter) =>
        Assert.Equal(parameter, (string?)(await _host.AskAsync(Embeddings, body, 400))["error"]!["param"]);

    [Fact]
    public async Task Embeddings_TooManyInputs_AreRefused() =>
        Assert.Contains("2048", (string?)(await _host.AskAsync(Embeddings, $$"""{"input":[{{string.Join(',', Enumerable.Repeat("\"x\"", 2049))}}]}""", 400))["error"]!["message"]);

    [Fact]
    public async Task Embeddings_UnknownModel_Is404()
    {
        Assert.Equal("model_not_found", (string?)(await _host.AskAsync(Embeddings, """{"model":"text-embedding-3-small","input":"x"}""", 404))["error"]!["code"]);
        Assert.Contains("nope", (string?)(await _host.AskAsync("/api/embed", """{"model":"nope","input":"x"}""", 404))["error"]);
    }

    [Fact]
    public async Task BuiltIn_IsFoundAmongTheModels()
    {
        Assert.Contains("\"id\":\"hash-1024\"", await _host.Client.GetStringAsync("/v1/models/hash-1024"));
        Assert.Contains("hash-1024", await _host.Client.GetStringAsync("/v1/models"));
    }

    [Fact]
    public async Task OllamaEmbed_OneOrSeveral_HasOllamasForm()
    {
        Install(new BertModel { MaxTokens = 12 });
        var answer = await _host.AskAsync("/api/embed", """{"model":"encoder","input":["the dog","a cat"],"keep_alive":"5m","options":{}}""");
        Assert.Equal(["model", "embeddings", "total_duration", "load_duration", "prompt_eval_count"], answer.Select(p => p.Key));
        Assert.Equal([32, 32], answer["embeddings"]!.AsArray().Select(v => Vector(v).Length));
        Assert.Equal(8, (int?)answer["prompt_eval_count"]);
        Assert.Equal(TimeSpan.FromMinutes(5), _host.KeepAlives["encoder"]);
        Assert.Contains("keep_alive", (string?)(await _host.AskAsync("/api/embed", """{"input":"x","keep_alive":"soon"}""", 400))["error"]);
        Assert.Single((await _host.AskAsync("/api/embed", """{"input":"the dog","dimensions":4}"""))["embeddings"]!.AsArray(), v => Vector(v).Length == 4);
        Assert.Empty((await _host.AskAsync("/api/embed", """{"model":"encoder"}"""))["embeddings"]!.AsArray());

        var longText = string.Join(' ', Enumerable.Repeat("the dog", 20));
        Assert.Equal(12, (int?)(await _host.AskAsync("/api/embed", $$"""{"input":"{{longText}}"}"""))["prompt_eval_count"]);
        Assert.Contains("takes 12", (string?)(await _host.AskAsync("/api/embed", $$"""{"input":"{{longText}}","truncate":false}""", 400))["error"]);
        Assert.Contains("input[1]", (string?)(await _host.AskAsync("/api/embed", """{"input":["x",7]}""", 400))["error"]);
    }

    [Fact]
    public async Task OllamaEmbeddings_TheOldForm_GivesOneVector()
    {
        var answer = await _host.AskAsync("/api/embeddings", """{"model":"hash-1024:latest","prompt":"the dog"}""");
        Assert.Equal(1024, Vector(Assert.Single(answer).Value).Length);
        Assert.Equal("""{"embedding":[]}""", (await _host.AskAsync("/api/embeddings", """{"model":"hash-1024"}""")).ToJsonString());
    }

    [Fact]
    public async Task Rerank_WithoutAReranker_OrdersDocuments()
    {
        const string Documents = """ "documents":["Breakfast is at nine.","The battery lasts nine hours.",{"text":"Dogs bark."}] """;
        var answer = await _host.AskAsync("/v1/rerank", $$"""{"query":"How long does the battery last?",{{Documents}}}""");
        Assert.Equal(["id", "model", "results", "usage"], answer.Select(p => p.Key));
        var results = answer["results"]!.AsArray();
        Assert.Equal(3, results.Count);
        Assert.Equal(["index", "relevance_score"], results[0]!.AsObject().Select(p => p.Key));
        Assert.Equal(1, (int?)results[0]!["index"]);
        Assert.True((double)results[0]!["relevance_score"]! > (double)results[1]!["relevance_score"]!);

        answer = await _host.AskAsync("/v1/rerank", $$"""{"query":"How long does the battery last?","top_n":1,"return_documents":true,{{Documents}}}""");
        Assert.Equal("The battery lasts nine hours.", (string?)Assert.Single(answer["results"]!.AsArray())!["document"]!["text"]);
    }

    [Fact]
    public async Task Rerank_WithAReranker_UsesIt()
    {
        Install(new BertModel { Reranker = true });
        var answer = await _host.AskAsync("/v1/rerank", """{"query":"the dog","documents":["a","b c","the dog"]}""");
        Assert.Equal("encoder", (string?)answer["model"]);
        Assert.Equal([0, 1, 2], answer["results"]!.AsArray().Select(r => (int)r!["index"]!).Order());
        Assert.Equal("model", (string?)(await _host.AskAsync(Embeddings, """{"model":"encoder","input":"x"}""", 400))["error"]!["param"]);
    }

    [Theory]
    [InlineData("""{"documents":["x"]}""", "query")]
    [InlineData("""{"query":"x"}""", "documents")]
    [InlineData("""{"query":"x","documents":[]}""", "documents")]
    [InlineData("""{"query":"x","documents":[7]}""", "documents[0]")]
    [InlineData("""{"query":"x","documents":[{}]}""", "documents[0]")]
    [InlineData("""{"query":"x","documents":["x"],"top_n":0}""", "top_n")]
    [InlineData("""{"query":"x","documents":["x"],"model":"tiny"}""", "model")]
    public async Task Rerank_ThatIsWrong_IsRefusedByField(string body, string parameter) =>
        Assert.Equal(parameter, (string?)(await _host.AskAsync("/v1/rerank", body, 400))["error"]!["param"]);

    private static float[] Vector(JsonNode? node) => [.. node!.AsArray().Select(v => (float)v!)];

    private void Install(BertModel model)
    {
        using var folder = new TemporaryFolder();
        model.Save(folder["encoder"]);
        _host.Store.Import(folder["encoder"], null, new ImportOptions());
    }
}
