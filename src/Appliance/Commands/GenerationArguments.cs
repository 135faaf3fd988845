using System.CommandLine;
using Models.Generation;
using Models.Store;

namespace Appliance.Commands;

/// <summary>The options that every command which generates has in common.</summary>
internal sealed class GenerationArguments
{
    private readonly Option<string?> _model = new("--model", "-m") { Description = "The model to use; by default the newest one.", HelpName = "NAME" };
    private readonly Option<float?> _temperature = new("--temperature", "-t") { Description = "0 is greedy and repeatable; higher is more random.", HelpName = "T" };
    private readonly Option<int?> _maxTokens = new("--max-tokens", "-n") { Description = "Stop after so many tokens.", HelpName = "N" };
    private readonly Option<int> _topK = new("--top-k") { Description = "Sample among the K likeliest tokens; 0 is off.", HelpName = "K" };
    private readonly Option<float> _topP = new("--top-p") { Description = "Sample among the likeliest that together reach this probability.", HelpName = "P", DefaultValueFactory = _ => 1 };
    private readonly Option<float> _minP = new("--min-p") { Description = "Leave out tokens less likely than this share of the likeliest.", HelpName = "P" };
    private readonly Option<float> _repetition = new("--repetition-penalty") { Description = "Above 1, repeats become less likely.", HelpName = "R", DefaultValueFactory = _ => 1 };
    private readonly Option<ulong?> _seed = new("--seed") { Description = "Makes sampling repeatable.", HelpName = "N" };
    private readonly Option<string[]> _stop = new("--stop") { Description = "End the answer before this text; may be given several times.", HelpName = "TEXT", DefaultValueFactory = _ => [] };
    private readonly Option<Engine> _engine = new("--engine") { Description = "onnx (built in) or genai (where its library is installed).", HelpName = "ENGINE" };
    private readonly Option<int?> _threads = new("--threads") { Description = "Threads to compute with; by default one per core.", HelpName = "N" };
    private readonly Option<int?> _context = new("--context") { Description = "Longest context in tokens; by default the model's own, as far as memory goes.", HelpName = "N" };

    public GenerationArguments(Command command)
    {
        _model.CompletionSources.Add(_ => new ModelStore(HomeFolder.Path).List().Where(m => m.Manifest.Kind == ModelKind.Decoder).Select(m => new System.CommandLine.Completions.CompletionItem(m.Manifest.Name)));
        foreach (var option in new Option[] { _model, _temperature, _maxTokens, _topK, _topP, _minP, _repetition, _seed, _stop, _engine, _threads, _context })
            command.Add(option);
    }

    public string? Model(ParseResult parsed) => parsed.GetValue(_model);

    public GenerationOptions Generation(ParseResult parsed, float defaultTemperature)
    {
        var options = new GenerationOptions
        {
            Temperature = parsed.GetValue(_temperature) ?? defaultTemperature,
            MaxTokens = parsed.GetValue(_maxTokens),
            TopK = parsed.GetValue(_topK),
            TopP = parsed.GetValue(_topP),
            MinP = parsed.GetValue(_minP),
            RepetitionPenalty = parsed.GetValue(_repetition),
            Seed = parsed.GetValue(_seed),
            Stop = parsed.GetValue(_stop)!,
        };
        options.Validate();
        return options;
    }

    public EngineOptions Engine(ParseResult parsed)
    {
        var engine = new EngineOptions { Engine = parsed.GetValue(_engine) };
        if (parsed.GetValue(_threads) is { } threads)
            engine = engine with { Threads = threads is > 0 and <= 1024 ? threads : throw new GenerationException("--threads must be between 1 and 1024.") };
        if (parsed.GetValue(_context) is { } context)
            engine = engine with { ContextLength = context > 0 ? context : throw new GenerationException("--context must be above 0.") };
        return engine;
    }
}
