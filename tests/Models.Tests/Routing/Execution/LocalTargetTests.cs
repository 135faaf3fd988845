using Microsoft.Extensions.AI;
using Models.Generation;
using Models.Import;
using Models.Routing;
using Models.Routing.Execution;
using Models.Store;
using TestKit;

namespace Models.Tests.Routing.Execution;

/// <summary>A model of this box as a target: a real store, a real tokenizer.</summary>
public sealed class LocalTargetTests : IDisposable
{
    private readonly TemporaryFolder _home = new();
    private readonly ModelStore _store;
    private readonly ModelHost _host;
    private readonly InstalledModel _model;

    public LocalTargetTests()
    {
        _store = new ModelStore(_home.Path);
        new GgufModel { Architecture = "qwen2", ContextLength = 512 }.Save(_home["tiny.gguf"]);
        _store.Import(_home["tiny.gguf"], "tiny", new ImportOptions());
        _model = _store.Get("tiny");
        _host = new ModelHost(_store, new EngineOptions { Threads = 1 });
    }

    public void Dispose()
    {
        _host.Dispose();
        _home.Dispose();
    }

    [Fact]
    public async Task Count_LoadedOrNot_IsTheModelsOwn()
    {
        var target = new LocalTarget(new Target("tiny") { IsLocal = true, Window = 512 }, _model, _host).ToRouted();
        ChatMessage[] messages = [new(ChatRole.System, "Be short."), new(ChatRole.User, "Wie weit ist der Mond?")];
        // Nothing is read for a conversation that fits anyway.
        Assert.Null(target.Count(messages, null, false));
        var read = target.Count(messages, null, true);
        Assert.Null(_host.FindLoaded(_model));
        var model = await _host.LoadAsync("tiny");
        var own = new LocalChatClient(model).CountTokens(messages);
        Assert.Equal((own, own), (read, target.Count(messages, null, false)));
        Assert.Equal(512, target.Room()!.Tokens);
    }

    [Fact]
    public void Count_WhatItsFilesDoNotSay_IsEstimated()
    {
        File.Delete(Path.Combine(_model.Folder, "tokenizer.json"));
        Assert.Null(new LocalTarget(new Target("tiny") { IsLocal = true, Window = 512 }, _model, _host).ToRouted().Count([new(ChatRole.User, "Hi")], null, true));
    }
}
