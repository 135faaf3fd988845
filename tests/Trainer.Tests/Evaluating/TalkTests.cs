using Eval.Talking;
using Models.Import;
using Models.Store;
using TestKit;

namespace Trainer.Tests.Evaluating;

/// <summary>What <c>./build.sh eval</c> does at length, for a minute of talk: the whole program, the model of this repository, tools that really do what is asked.</summary>
public sealed class TalkTests
{
    [Fact]
    public async Task HoldAsync_AShortConversation_IsRightInAll()
    {
        using var home = new TemporaryFolder();
        using var lines = new TemporaryFolder();
        await File.WriteAllTextAsync(lines["talk.jsonl"], """
            {"talk": "short", "say": "hello", "calls": [], "reply": "hello|hi|good", "not": "sorry"}
            {"talk": "short", "say": "please put milk and bread on the shopping list for me", "reply": "milk", "calls": ["list"], "then": [{"where": "lists/shopping.md", "has": "milk(.|\n)*bread"}]}
            {"talk": "short", "say": "could you set a timer for 25 minutes, please", "reply": "timer|25", "then": [{"where": "cron.list", "has": "\"timer\""}]}
            {"talk": "short", "say": "thank you", "calls": [], "not": "can't|don't|won't"}
            {"talk": "short", "say": "what is the capital of Mongolia", "reply": "don't|bigger model", "calls": []}
            """);
        new ModelStore(home.Path).Import(Path.Combine(Repository.Root, "models", "builtin"), "model", new ImportOptions { Quantization = Quantization.Int8 });
        var wrong = new List<string>();

        var outcomes = await Conversations.HoldAsync(Assert.Single(Talk.Read(lines["talk.jsonl"])), home.Path, (exchange, reply, fault) => wrong.Add($"{exchange.Say}: {reply.Text}: {fault}"));

        Assert.Empty(wrong);
        Assert.Equal(5, outcomes.Count(outcome => outcome.IsRight));
    }

    [Fact]
    public async Task HoldAsync_WhatIsNotSo_IsWrong()
    {
        using var home = new TemporaryFolder();
        var talk = new Talk("wrong", [
            new Exchange("what time is it") { Calls = [] },
            new Exchange("put milk on the shopping list") { Then = [new State("lists/shopping.md", new("eggs"), null)] },
            new Exchange("turn the heater on") { Then = [new State("hardware.list", null, new("heater"))] },
            new Exchange("what time is it now") { Reply = new("noon o'clock") },
        ]);
        var wrong = new List<string>();

        await Conversations.HoldAsync(talk, home.Path, (_, _, fault) => wrong.Add(fault));

        string[] begins = ["it should call nothing", "lists/shopping.md should say eggs then", "hardware.list should not say heater then", "it should say noon o'clock"];
        Assert.Equal(begins.Length, wrong.Count);
        Assert.All(begins.Zip(wrong), pair => Assert.StartsWith(pair.First, pair.Second, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"talk": "t", "say": "hello", "replies": "hi"}""")]
    [InlineData("""{"talk": "t"}""")]
    [InlineData("""{"talk": "t", "say": "hello", "reply": "("}""")]
    public async Task Read_ALineThatIsNone_SaysWhich(string line)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["talk.jsonl"], """{"talk": "t", "say": "hello"}""" + $"\n{line}\n");
        Assert.Contains("line 2", Assert.Throws<InvalidDataException>(() => Talk.Read(folder["talk.jsonl"])).Message, StringComparison.Ordinal);
    }
}
