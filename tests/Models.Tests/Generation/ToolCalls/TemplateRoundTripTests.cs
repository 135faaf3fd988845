using System.Text.Json.Nodes;
using Models.Generation.ToolCalls;
using Models.Tokens;
using TestKit;

namespace Models.Tests.Generation.ToolCalls;

/// <summary>What a model's own chat template writes for an answer with calls is read back as these calls, for the calls of BFCL.</summary>
public sealed class TemplateRoundTripTests
{
    private static readonly string[] Files = ["answer_BFCL_v4_simple_python.json", "answer_BFCL_v4_multiple.json", "answer_BFCL_v4_parallel.json"];

    [SharedTheory("evals/bfcl")]
    [InlineData("Qwen-Qwen2.5-7B-Instruct.jinja", "<|im_end|>", 9)]
    [InlineData("Qwen-Qwen3-0.6B.jinja", "<|im_end|>", 9)]
    [InlineData("openai-gpt-oss-120b.jinja", "<|return|>", 1)]
    public void Read_WhatTheTemplateWrites_GivesTheCallsBack(string file, string stop, int most)
    {
        var source = File.ReadAllText(Shared.Find("tokenizers", "templates", file)!);
        var template = ChatTemplate.Parse(source);
        var format = ToolCallFormat.Detect(source, _ => null);
        var count = 0;
        foreach (var calls in BfclCalls())
        {
            var (prompt, answer) = Render(template, [.. calls.Take(most)], "Mal sehen … 🤔");
            var end = answer.IndexOf(stop, StringComparison.Ordinal);
            var events = Answers.Events(format, [end < 0 ? answer : answer[..end]], prompt);
            var read = events.OfType<ToolCallFinished>().ToArray();
            Assert.Equal(calls.Take(most).Select(c => c.Name), read.Select(c => c.Name));
            Assert.All(calls.Zip(read), pair => Assert.True(JsonNode.DeepEquals(pair.First.Arguments, JsonNode.Parse(pair.Second.Arguments))));
            Assert.Empty(events.OfType<ToolCallMalformed>());
            // Each template has its own place for thoughts; none lets them out as text.
            Assert.Empty(events.OfType<TextDelta>());
            if (format.Name != "hermes" || format.Reasoning is not null)
                Assert.Equal("Mal sehen … 🤔", string.Concat(events.OfType<ReasoningDelta>().Select(e => e.Text)));
            count += read.Length;
        }
        Assert.True(count >= 600, $"only {count} calls");
    }

    private static (string Prompt, string Answer) Render(ChatTemplate template, (string Name, JsonObject Arguments)[] calls, string thought)
    {
        var messages = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "Do it." });
        var variables = new JsonObject { ["messages"] = messages, ["add_generation_prompt"] = true };
        var prompt = template.Render(variables);
        messages.Add(new JsonObject
        {
            ["role"] = "assistant",
            ["content"] = "",
            ["reasoning_content"] = thought,
            ["thinking"] = thought,
            ["tool_calls"] = new JsonArray([.. calls.Select(c => new JsonObject
            {
                ["type"] = "function",
                ["function"] = new JsonObject { ["name"] = c.Name, ["arguments"] = c.Arguments.DeepClone() },
            })]),
        });
        variables["add_generation_prompt"] = false;
        var whole = template.Render(variables);
        Assert.StartsWith(prompt, whole, StringComparison.Ordinal);
        return (prompt, whole[prompt.Length..]);
    }

    // The answers list the values that are right for each argument, the first of which is taken.
    private static IEnumerable<(string Name, JsonObject Arguments)[]> BfclCalls() =>
        from file in Files
        from line in File.ReadLines(Shared.Find("evals", "bfcl", file)!)
        select JsonNode.Parse(line)!["ground_truth"]!.AsArray().Select(ToCall).ToArray();

    private static (string, JsonObject) ToCall(JsonNode? truth)
    {
        var (name, values) = truth!.AsObject().Single();
        return (name, new JsonObject(values!.AsObject().Select(v => KeyValuePair.Create(v.Key, v.Value!.AsArray()[0]?.DeepClone()))));
    }
}
