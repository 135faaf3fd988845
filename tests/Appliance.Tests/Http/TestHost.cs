using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Appliance.Hosting;
using Microsoft.Extensions.AI;
using Models.Embedding;
using Models.Generation;
using Models.Store;
using TestKit;

namespace Appliance.Tests.Http;

/// <summary>The real server on a free loopback port, over a real store and scripted models.</summary>
internal sealed class TestHost : IModelHost, IAsyncDisposable
{
    public const string Model = "tiny";

    private readonly TemporaryFolder? _temporary;
    private readonly Dictionary<string, ScriptedModel> _models = [];
    private readonly ModelHost _encoders;
    private ApplianceServer _server = null!;
    private ServerOptions _options = null!;
    private string? _token;

    private TestHost(string? home)
    {
        Home = home ?? (_temporary = new TemporaryFolder()).Path;
        Store = new ModelStore(Home);
        _encoders = new ModelHost(Store, new EngineOptions { Threads = 1 });
    }

    public ModelStore Store { get; }

    public GenerationTotals Totals { get; } = new();

    /// <summary>Real ones: embeddings need no script.</summary>
    public EncoderHost Encoders => _encoders.Encoders;

    public ConcurrentBag<string> LoadedNames { get; } = [];

    public IReadOnlyList<LoadedModel> Loaded =>
        [.. LoadedNames.Distinct().Select(name => new LoadedModel(name, 5678, KeepAlives.TryGetValue(name, out var time) ? Loading + time : null))];

    /// <summary>What requests said of how long models stay.</summary>
    public ConcurrentDictionary<string, TimeSpan> KeepAlives { get; } = [];

    /// <summary>When models were loaded.</summary>
    public static DateTimeOffset Loading { get; } = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    /// <summary>Faults the server called its own.</summary>
    public ConcurrentQueue<Exception> Bugs { get; } = new();

    public HttpClient Client { get; private set; } = null!;

    /// <summary>The model every test host has.</summary>
    public ScriptedModel Tiny => _models[Model];

    /// <summary>Answers chats instead of the models.</summary>
    public IChatClient? ChatClient { get; set; }

    /// <summary>Makes loading a model fail.</summary>
    public Exception? LoadFault { get; set; }

    public Uri Address => _server.Address;

    /// <summary>The token the gateway made at its first start.</summary>
    public string Token => _token ??= _server.NewToken!;

    /// <summary>Where its state is.</summary>
    public string Home { get; }

    public static Task<TestHost> StartAsync(Func<ServerOptions, ServerOptions>? configure = null) => StartAsync(configure, Model, "other:7b");

    /// <summary>One over a home that was there before and stays.</summary>
    public static Task<TestHost> StartAtAsync(string home, string token, IChatClient answers) => StartAsync(home, answers, options => options with { Token = token }, Model);

    /// <summary>The same, with other options.</summary>
    public static Task<TestHost> StartAtAsync(string home, Func<ServerOptions, ServerOptions> configure) => StartAsync(home, null, configure, Model);

    public static Task<TestHost> StartAsync(Func<ServerOptions, ServerOptions>? configure, params string[] models) => StartAsync(null, null, configure, models);

    private static async Task<TestHost> StartAsync(string? home, IChatClient? answers, Func<ServerOptions, ServerOptions>? configure, params string[] models)
    {
        var host = new TestHost(home) { ChatClient = answers };
        foreach (var name in models) host.Install(name);
        var options = new ServerOptions { Port = 0, ShutdownGrace = TimeSpan.Zero };
        host._options = configure?.Invoke(options) ?? options;
        await host.StartServerAsync();
        return host;
    }

    public Task<ILanguageModel> LoadAsync(string? name, CancellationToken cancellation = default)
    {
        var installed = Store.Get(name ?? Model).Manifest.Name;
        if (LoadFault is not null) throw LoadFault;
        LoadedNames.Add(installed);
        return Task.FromResult<ILanguageModel>(_models[installed]);
    }

    public async Task<IChatClient> GetChatClientAsync(string? name, CancellationToken cancellation = default)
    {
        var model = await LoadAsync(name, cancellation);
        return ChatClient ?? new LocalChatClient(model);
    }

    public bool HasLoaded(string name) => LoadedNames.Contains(name);

    public void SetKeepAlive(string name, TimeSpan time) => KeepAlives[name] = time;

    public Task StopAsync() => _server.DisposeAsync().AsTask();

    /// <summary>Stops the server and starts another over the same home, at another address.</summary>
    public async Task RestartAsync()
    {
        // It is shown at the first start alone.
        _token ??= _server.NewToken;
        Client.Dispose();
        await StopAsync();
        await StartServerAsync();
    }

    public Task<HttpResponseMessage> PostAsync(string path, string json, bool whole = true) => PostAsync(path, Encoding.UTF8.GetBytes(json), whole);

    public Task<HttpResponseMessage> PostAsync(string path, byte[] body, bool whole = true)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return Client.SendAsync(request, whole ? HttpCompletionOption.ResponseContentRead : HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>Posts and reads the JSON answer of the status expected.</summary>
    public async Task<JsonObject> AskAsync(string path, string json, int status = 200)
    {
        using var response = await PostAsync(path, json);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == status, $"{(int)response.StatusCode} instead of {status}: {body}");
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        return JsonNode.Parse(body)!.AsObject();
    }

    /// <summary>Posts and reads the whole stream as text.</summary>
    public async Task<string> StreamAsync(string path, string json, string contentType)
    {
        using var response = await PostAsync(path, json);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, body);
        Assert.Equal(contentType, response.Content.Headers.ContentType?.MediaType);
        return body;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.DisposeAsync();
        _encoders.Dispose();
        _temporary?.Dispose();
    }

    private async Task StartServerAsync()
    {
        _server = await ApplianceServer.StartAsync(this, _options, Bugs.Enqueue);
        Client = new HttpClient { BaseAddress = _server.Address };
    }

    private void Install(string name)
    {
        var folder = Path.Combine(Home, "models", name, "1");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, ModelManifest.FileName), new JsonObject
        {
            ["version"] = 1,
            ["name"] = name,
            ["source"] = "test",
            ["architecture"] = "llama",
            ["parameters"] = 656_000,
            ["quantization"] = "int4",
            ["context_length"] = 4096,
            ["license"] = "MIT",
            ["installed_at"] = "2026-01-02T03:04:05Z",
            ["files"] = new JsonArray(new JsonObject { ["name"] = "model.onnx", ["size"] = 1234, ["sha256"] = new string('a', 64) }),
        }.ToJsonString());
        _models[name] = new ScriptedModel(name);
    }
}
