using System.CommandLine;
using System.Globalization;
using Models;
using Models.Budget;
using Models.Onnx.Attention;
using Models.Store;

namespace Appliance.Commands.Models;

internal static partial class ModelsCommand
{
    private static readonly int[] ShownContexts = [2048, 4096, 8192, 16_384, 32_768, 131_072];

    private static Command ListCommand(Func<ModelStore> store)
    {
        var json = JsonOption("an array of objects");
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Print names only." };
        var command = new Command("list", "List the installed models.") { json, quiet };
        command.Aliases.Add("ls");
        command.SetAction(parsed => List(store(), parsed.GetValue(json), parsed.GetValue(quiet), Terminal.Of(parsed)));
        return command;
    }

    private static int List(ModelStore store, bool json, bool quiet, Terminal terminal)
    {
        var models = store.List();
        if (json) WriteJson(terminal, [.. models.Select(Entry)], ModelsJson.Default.ListModelEntry);
        else if (quiet) foreach (var model in models) terminal.WriteLine(model.Manifest.Name);
        else if (models.Count > 0)
        {
            terminal.WriteTable(["NAME", "KIND", "SIZE", "PARAMETERS", "QUANTIZATION", "CONTEXT", "INSTALLED"], [.. models.Select(model => new[]
            {
                model.Manifest.Name, KindOf(model), ByteSize.Format(Size(model)), Count(model.Manifest.Parameters), model.Manifest.Quantization,
                model.Manifest.ContextLength.ToString(CultureInfo.InvariantCulture), $"{model.Manifest.InstalledAt:yyyy-MM-dd}",
            })]);
        }
        else terminal.Note("No model is installed. Get one with `appliance models pull hf:OWNER/REPO` or `appliance models import FILE`.");
        if (!quiet && !json && models is [{ Manifest.Name: BuiltInModel.Name }]) terminal.Note("Larger models that fit this machine: `appliance models recommend`.");

        foreach (var name in store.Names().Except(models.Select(model => model.Manifest.Name)))
            terminal.Note($"warning: '{name}' is damaged: its manifest cannot be read. Pull or import it again, or remove it.");
        return ExitCode.Ok;
    }

    private static Command ShowCommand(Func<ModelStore> store)
    {
        var name = new Argument<string?>("name") { HelpName = "NAME", Description = "The model; by default the one that is used when none is named.", Arity = ArgumentArity.ZeroOrOne };
        CompleteNames(name, store);
        var json = JsonOption("one object");
        var command = new Command("show", "Show what a model is, its files, and what it needs in memory.") { name, json };
        command.SetAction(parsed => Show(store().Get(parsed.GetValue(name)), parsed.GetValue(json), Terminal.Of(parsed)));
        return command;
    }

    private static int Show(InstalledModel model, bool json, Terminal terminal)
    {
        var memory = MemoryOf(model, terminal);
        var manifest = model.Manifest;
        if (json)
        {
            WriteJson(terminal, new ModelDetails(Entry(model), manifest.Files, memory), ModelsJson.Default.ModelDetails);
            return ExitCode.Ok;
        }
        terminal.Output.WriteLine(terminal.Bold(manifest.Name));
        Row("kind", KindOf(model));
        Row("architecture", manifest.Architecture);
        Row("parameters", $"{Count(manifest.Parameters)} ({manifest.Parameters:N0})");
        Row("quantization", manifest.Quantization);
        Row("context", $"{manifest.ContextLength:N0} tokens");
        Row("licence", manifest.License ?? "not stated");
        Row("installed", $"{manifest.InstalledAt:yyyy-MM-dd HH:mm} UTC");
        Row("source", manifest.Source);
        Row("folder", model.Folder);
        Row("files", ByteSize.Format(Size(model)));
        foreach (var file in manifest.Files) terminal.WriteLine($"    {ByteSize.Format(file.Size),10}  {file.Name}");
        if (memory is null) return ExitCode.Ok;
        Row("memory", manifest.Kind == ModelKind.Decoder ? $"{ByteSize.Format(memory.KvBytesPerToken)} per token of context, in all about" : "in all about");
        foreach (var need in memory.AtContext) terminal.WriteLine($"    {ByteSize.Format(need.Bytes),10}  with {need.Tokens:N0} tokens");
        return ExitCode.Ok;

        void Row(string label, string value) => terminal.WriteLine($"  {label,-12}  {value}");
    }

    private static string KindOf(InstalledModel model) => model.Manifest.Kind.ToString().ToLowerInvariant();

    private static MemoryNeed? MemoryOf(InstalledModel model, Terminal terminal)
    {
        try
        {
            var footprint = ModelFootprint.Of(model);
            var contexts = footprint.IsEncoder ? [] : ShownContexts.Where(tokens => tokens < footprint.ContextLength);
            return new MemoryNeed(footprint.MappedBytes + footprint.PrivateBytes, footprint.KvBytesPerToken(KvType.Float32),
                [.. contexts.Append(footprint.ContextLength).Select(tokens => new ContextNeed(tokens, footprint.At(tokens)))]);
        }
        catch (ModelException e)
        {
            // The rest can still be shown, and verify says what is wrong.
            terminal.Note($"warning: {e.Message}");
            return null;
        }
    }
}
