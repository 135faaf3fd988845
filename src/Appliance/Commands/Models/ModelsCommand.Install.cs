using System.CommandLine;
using System.Globalization;
using Appliance.Config;
using Models.Egress;
using Models.Import;
using Models.Store;

namespace Appliance.Commands.Models;

internal static partial class ModelsCommand
{
    private static Command PullCommand(Func<ModelStore> store)
    {
        var reference = new Argument<string>("reference")
        {
            HelpName = "REFERENCE",
            Description = "A name that `models recommend` lists, hf:OWNER/REPO[:FILE or quantization], ollama:NAME[:TAG], https://ADDRESS[#sha256=HEX], or a local file or folder.",
        };
        var (name, quantize, json) = InstallOptions();
        var command = new Command(
            "pull",
            "Fetch a model, check it and install it. A broken download goes on where it stopped. " +
            $"HF_ENDPOINT, HF_TOKEN and OLLAMA_REGISTRY say where from; {EgressPolicy.OfflineVariable}=1 forbids it.")
        { reference, name, quantize, json };
        command.SetAction((parsed, cancellation) =>
            PullAsync(store(), parsed.GetValue(reference)!, parsed.GetValue(name), parsed.GetValue(quantize)!, parsed.GetValue(json), Terminal.Of(parsed), cancellation));
        return command;
    }

    private static async Task<int> PullAsync(ModelStore store, string reference, string? name, string quantize, bool json, Terminal terminal, CancellationToken cancellation)
    {
        using var door = new EgressDoor(Outbound.In(store.Home));
        using var progress = new TerminalProgress(terminal, TimeProvider.System);
        var options = new PullOptions { Progress = progress, Notice = progress.Note, Import = Options(quantize, progress) };
        var result = await new ModelPuller(store, door).PullAsync(reference, name, options, cancellation);
        progress.Dispose();
        return Installed(result, json, terminal);
    }

    private static Command ImportCommand(Func<ModelStore> store)
    {
        var source = new Argument<string>("source") { HelpName = "FILE|FOLDER", Description = "A .gguf file, a llama2.c .bin file, a folder with safetensors, an ONNX Runtime GenAI folder, or the folder of an embedding or reranking model in ONNX (sentence-transformers)." };
        var (name, quantize, json) = InstallOptions();
        var command = new Command("import", "Install a model from a file or folder.") { source, name, quantize, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var terminal = Terminal.Of(parsed);
            using var progress = new TerminalProgress(terminal, TimeProvider.System);
            var options = Options(parsed.GetValue(quantize)!, progress);
            // On another thread, so that Ctrl-C finds someone to stop.
            var result = await Task.Run(() => store().Import(parsed.GetValue(source)!, parsed.GetValue(name), options, cancellation), cancellation);
            progress.Dispose();
            return Installed(result, parsed.GetValue(json), terminal);
        });
        return command;
    }

    private static (Option<string?> Name, Option<string> Quantize, Option<bool> Json) InstallOptions()
    {
        var quantize = new Option<string>("--quantize", "-q")
        {
            Description = "How weights are stored: auto keeps what the source has and makes floats smaller; int8 is nearly exact, int4 smallest, none float32.",
            DefaultValueFactory = _ => "auto",
        };
        quantize.AcceptOnlyFromAmong("auto", "int4", "int8", "none");
        return (
            new Option<string?>("--as") { Description = "The name to install it by; by default it comes from the source.", HelpName = "NAME" },
            quantize, JsonOption("one object when it is done"));
    }

    private static ImportOptions Options(string quantize, IProgress<(long Done, long Total)> progress) => new()
    {
        Progress = progress,
        Quantization = quantize switch { "int4" => Quantization.Int4, "int8" => Quantization.Int8, "none" => Quantization.None, _ => Quantization.Auto },
    };

    private static int Installed(InstallResult result, bool json, Terminal terminal)
    {
        var (model, losses) = (result.Model.Manifest, result.Report.Losses);
        if (json)
        {
            WriteJson(terminal, new InstallReport(Entry(result.Model), losses, result.Download), ModelsJson.Default.InstallReport);
            return ExitCode.Ok;
        }
        terminal.WriteLine($"installed {model.Name}: {(model.Kind == ModelKind.Decoder ? "" : KindOf(result.Model) + ", ")}{model.Architecture}, {Count(model.Parameters)} parameters, {model.Quantization}, {ByteSize.Format(Size(result.Model))}");
        foreach (var loss in losses)
        {
            terminal.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {loss.From} became {loss.To}: {loss.Tensors} tensor{(loss.Tensors == 1 ? "" : "s")}, relative error {loss.RelativeError:0.0000}"));
        }
        if (result.Download is { Checked: false } download)
            terminal.WriteLine($"  SHA-256 {download.Sha256}, which nothing was there to check against");
        return ExitCode.Ok;
    }
}
