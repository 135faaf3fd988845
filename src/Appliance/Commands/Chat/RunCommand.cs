using System.CommandLine;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;
using Models.Generation;
using Models.Store;

namespace Appliance.Commands.Chat;

/// <summary><c>appliance run PROMPT</c>: one answer to stdout.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var prompt = new Argument<string?>("prompt") { Description = "What to say; read from standard input where it is left out.", Arity = ArgumentArity.ZeroOrOne };
        var raw = new Option<bool>("--raw") { Description = "Give the text to the model as it is, without its chat template." };
        var json = new Option<bool>("--json") { Description = "Print one JSON object: model, prompt_tokens, tokens, text, finish_reason, timings." };
        var ignoreEnd = new Option<bool>("--ignore-eos") { Description = "Go on when the model says it is done (for measurements)." };
        var command = new Command("run", "Answer one prompt on standard output.") { prompt, raw, json, ignoreEnd };
        var arguments = new GenerationArguments(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var generation = arguments.Generation(parsed, defaultTemperature: 0) with { IgnoreEndOfAnswer = parsed.GetValue(ignoreEnd) };
            var text = parsed.GetValue(prompt) ?? await Console.In.ReadToEndAsync(cancellation);
            using var host = new ModelHost(ConfiguredModels.In(HomeFolder.Path), arguments.Engine(parsed));
            return await RunAsync(host, arguments.Model(parsed), text, parsed.GetValue(raw), parsed.GetValue(json), generation, cancellation);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        ModelHost host, string? name, string prompt, bool raw, bool json, GenerationOptions options, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var model = await host.LoadAsync(name, cancellation);
        var load = clock.Elapsed;
        var tokens = raw ? model.Tokenizer.Encode(prompt) : ChatPrompt.Encode(model, ChatPrompt.Render(model, [new ChatMessage(ChatRole.User, prompt)], [], null));

        var made = new List<int>();
        var text = new StringBuilder();
        GenerationStep? last = null;
        await foreach (var step in model.GenerateAsync(tokens, options, cancellation))
        {
            if (step.Token is { } token) made.Add(token);
            if (json) text.Append(step.Text);
            else Console.Out.Write(step.Text);
            last = step;
        }
        if (!json)
        {
            Console.Out.WriteLine();
            return ExitCode.Ok;
        }
        var timings = last!.Timings!;
        var report = new RunReport(
            model.Name, tokens, made, text.ToString(), last.Finish == FinishReason.Length ? "length" : "stop",
            new RunTimings(load.TotalMilliseconds, timings.Prefill.TotalMilliseconds, timings.Decode.TotalMilliseconds,
                Rate(timings.PromptTokens, timings.Prefill), Rate(timings.CompletionTokens - 1, timings.Decode)));
        Console.Out.WriteLine(JsonSerializer.Serialize(report, RunJson.Default.RunReport));
        return ExitCode.Ok;
    }

    private static double Rate(int tokens, TimeSpan time) => time > TimeSpan.Zero ? Math.Round(Math.Max(0, tokens) / time.TotalSeconds, 2) : 0;
}

/// <summary>What <c>run --json</c> prints.</summary>
internal sealed record RunReport(
    string Model, IReadOnlyList<int> PromptTokens, IReadOnlyList<int> Tokens, string Text, string FinishReason, RunTimings Timings);

/// <summary>Milliseconds, and tokens per second.</summary>
internal sealed record RunTimings(double LoadMs, double PrefillMs, double DecodeMs, double PrefillTokensPerSecond, double DecodeTokensPerSecond);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RunReport))]
internal sealed partial class RunJson : JsonSerializerContext;
