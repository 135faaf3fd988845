using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Models;
using Models.Store;
using Models.Tokens;
using Trainer.Curriculum;
using Trainer.Examination;
using Trainer.Examples;
using Trainer.Export;
using Trainer.Tokenizing;
using Trainer.Training;

namespace Trainer;

/// <summary>Trains the model that the appliance carries: a vocabulary, then a decoder, from files of examples.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        var root = new RootCommand("Trains small decoders: learns a vocabulary, trains, and writes what `appliance models import` reads.") { CurriculumCommand.Make(), TokenizerCommand(), WordsCommand(), TrainCommand(), ExamineCommand.Make(), ExportCommand(), PackCommand() };
        try
        {
            return await root.Parse(arguments).InvokeAsync(new() { EnableDefaultExceptionHandler = false });
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or ModelException)
        {
            await Console.Error.WriteLineAsync($"error: {e.Message}");
            return 1;
        }
    }

    private static Command TokenizerCommand()
    {
        var examples = new Argument<string>("examples") { HelpName = "EXAMPLES", Description = "File of examples, one JSON array of pieces a line." };
        var folder = new Argument<string>("folder") { HelpName = "FOLDER", Description = "Where tokenizer.json goes." };
        var size = new Option<int>("--size") { Description = "Tokens, without the special ones.", DefaultValueFactory = _ => 4096 };
        var special = new Option<string[]>("--special") { Description = "A special token; the first ends an answer.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => ["<|im_end|>", "<|im_start|>", "<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>"] };
        var template = new Option<string?>("--template") { Description = "File with the chat template." };
        var command = new Command("tokenizer", "Learn a byte-level BPE vocabulary.") { examples, folder, size, special, template };
        command.SetAction(parsed =>
        {
            var tokens = parsed.GetValue(special)!;
            // What is special is never part of a word.
            var texts = ExampleFile.Texts(parsed.GetValue(examples)!).SelectMany(text => text.Split(tokens, StringSplitOptions.RemoveEmptyEntries));
            var vocabulary = BpeTrainer.Learn(texts, parsed.GetValue(size));
            vocabulary.Write(parsed.GetValue(folder)!, tokens, tokens[0], parsed.GetValue(template) is { } file ? File.ReadAllText(file) : "");
            Console.WriteLine($"{vocabulary.Tokens.Count} tokens and {tokens.Length} special ones in {parsed.GetValue(folder)}");
        });
        return command;
    }

    private static Command WordsCommand()
    {
        var examples = new Argument<string>("examples") { HelpName = "EXAMPLES", Description = "File of examples, a large one." };
        var folder = new Argument<string>("folder") { HelpName = "FOLDER", Description = "Folder whose tokenizer_config.json has tool_calls." };
        var command = new Command("words", "Write down which words answers have that nobody said before: the program holds the model's answers to them.") { examples, folder };
        command.SetAction(parsed =>
        {
            var words = OwnWords.Of(parsed.GetValue(examples)!);
            OwnWords.Write(parsed.GetValue(folder)!, words);
            Console.WriteLine($"{words.Length} words in {parsed.GetValue(folder)}");
        });
        return command;
    }

    private static Command TrainCommand()
    {
        var plan = new Argument<string>("plan") { HelpName = "PLAN", Description = "File with the plan, JSON: shape, seed, steps, batchTokens, rate, warmUp, coolDown, decay, clip, muon." };
        var examples = new Argument<string>("examples") { HelpName = "EXAMPLES", Description = "File of examples." };
        var folder = new Argument<string>("folder") { HelpName = "FOLDER", Description = "Folder with the tokenizer; checkpoint and losses go there. A training that is there goes on." };
        var heldOut = new Option<string?>("--held-out") { Description = "Examples that are not learnt; their loss is told with each checkpoint." };
        var from = new Option<string?>("--from") { Description = "Folder of a model that export wrote, of the same shape, to begin with where no training is there yet; its tokenizer may be another, its layers fewer." };
        var minutes = new Option<double?>("--minutes") { Description = "Stop after so long; the same command goes on." };
        var every = new Option<int>("--every") { Description = "Steps between checkpoints.", DefaultValueFactory = _ => 200 };
        var command = new Command("train", "Train, or go on training. Ctrl-C keeps a checkpoint and ends.") { plan, examples, folder, heldOut, from, minutes, every };
        command.SetAction((parsed, cancellation) =>
        {
            var told = JsonSerializer.Deserialize(File.ReadAllText(parsed.GetValue(plan)!), TrainerJson.Default.TrainingPlan) ?? throw new InvalidDataException("The plan is empty.");
            var (at, tokenizer) = (parsed.GetValue(folder)!, Tokenizer.FromFolder(parsed.GetValue(folder)!));
            if (tokenizer.VocabularySize > told.Shape.Vocabulary) throw new InvalidDataException($"The tokenizer has {tokenizer.VocabularySize} tokens, the plan {told.Shape.Vocabulary}.");
            var learnt = new ExampleFile(parsed.GetValue(examples)!, tokenizer, told.Shape.Context, told.Seed);
            var others = parsed.GetValue(heldOut) is { } file ? new ExampleFile(file, tokenizer, told.Shape.Context, told.Seed) : null;
            Train(at, told, learnt, others, parsed.GetValue(from), parsed.GetValue(every), parsed.GetValue(minutes) is { } most ? TimeSpan.FromMinutes(most) : null, cancellation);
            return Task.CompletedTask;
        });
        return command;
    }

    private static void Train(string folder, TrainingPlan plan, ExampleFile learnt, ExampleFile? others, string? from, int every, TimeSpan? most, CancellationToken cancellation)
    {
        var (path, clock) = (Path.Combine(folder, "checkpoint.bin"), Stopwatch.StartNew());
        using var run = File.Exists(path) ? Checkpoint.Load(path, learnt, plan) : new TrainingRun(plan, learnt);
        if (run.Steps == 0 && from is not null)
        {
            var (table, weights) = HuggingFaceFolder.Read(from, plan.Shape);
            using (weights) Graft.Take(run, Tokenizer.FromFolder(folder), table, weights, Tokenizer.FromFolder(from));
        }
        Console.WriteLine(FormattableString.Invariant($"{run.Table.All.Sum(p => p.Length) / 1e6:F2} million parameters, {learnt.Count} examples, step {run.Steps} of {run.Plan.Steps}"));
        using var losses = new StreamWriter(Path.Combine(folder, "losses.csv"), append: run.Steps > 0);
        if (run.Steps == 0) losses.WriteLine("step,tokens,loss,held_out");
        var (sum, count, tokens, since) = (0.0, 0, 0L, clock.Elapsed);
        while (run.Steps < run.Plan.Steps)
        {
            var (loss, gradient, seen) = run.Step();
            (sum, count, tokens) = (sum + loss, count + 1, tokens + seen);
            var ends = run.Steps == run.Plan.Steps || cancellation.IsCancellationRequested || clock.Elapsed > most;
            if (run.Steps % every != 0 && !ends) continue;
            Checkpoint.Save(path, run);
            var held = others is null ? double.NaN : run.LossOver(others, Math.Min(200, others.Count));
            losses.WriteLine(FormattableString.Invariant($"{run.Steps},{tokens},{sum / count:F4},{held:F4}"));
            losses.Flush();
            Console.WriteLine(FormattableString.Invariant($"step {run.Steps}  loss {sum / count:F3}  held out {held:F3}  gradient {gradient:F2}  {tokens / (clock.Elapsed - since).TotalSeconds:F0} tokens/s"));
            (sum, count, tokens, since) = (0, 0, 0, clock.Elapsed);
            if (ends) return;
        }
    }

    private static Command ExportCommand()
    {
        var folder = new Argument<string>("folder") { HelpName = "FOLDER", Description = "Folder of the training; config.json and model.safetensors go there." };
        var command = new Command("export", "Write the weights as `appliance models import FOLDER` reads them.") { folder };
        command.SetAction(parsed =>
        {
            var at = parsed.GetValue(folder)!;
            using var run = Checkpoint.Load(Path.Combine(at, "checkpoint.bin"), NoExamples.Instance);
            HuggingFaceFolder.Write(at, run.Plan.Shape, run.Table, run.Weights);
            Console.WriteLine($"config.json and model.safetensors of step {run.Steps} are in {at}");
        });
        return command;
    }

    private static Command PackCommand()
    {
        var folder = new Argument<string>("folder") { HelpName = "FOLDER", Description = "The model: config.json and model.safetensors, or ONNX in GenAI's layout." };
        var file = new Argument<string>("file") { HelpName = "FILE", Description = "Where it goes." };
        var command = new Command("pack", "Pack a model as the program carries it, with weights of 8 bits.") { folder, file };
        command.SetAction(parsed =>
        {
            var manifest = ModelPacker.Pack(parsed.GetValue(folder)!, parsed.GetValue(file)!);
            Console.WriteLine($"{manifest.Parameters:N0} parameters, {manifest.Quantization}, {new FileInfo(parsed.GetValue(file)!).Length:N0} bytes");
        });
        return command;
    }
}
