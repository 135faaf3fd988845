using System.CommandLine;
using Models.Budget;
using Models.Generation;
using Models.Onnx.Attention;
using Models.Store;

namespace Appliance.Commands.Models;

internal static partial class ModelsCommand
{
    private static Command PlanCommand(Func<ModelStore> store)
    {
        var name = new Argument<string?>("name") { HelpName = "NAME", Description = "The model; by default the one that is used when none is named.", Arity = ArgumentArity.ZeroOrOne };
        CompleteNames(name, store);
        var memory = new Option<string?>("--memory") { Description = "Plan as if so much were available, such as 2GB or 512MiB; by default what is.", HelpName = "SIZE" };
        memory.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && !ByteSize.TryParse(text, out _)) result.AddError($"--memory takes a size such as 2GB or 512MiB, and '{text}' is none.");
        });
        var context = new Option<int?>("--context") { Description = "Longest context in tokens; by default the model's own, as far as memory goes.", HelpName = "N" };
        context.Validators.Add(result => { if (result.GetValueOrDefault<int?>() < 1) result.AddError("--context must be at least 1."); });
        var json = JsonOption("one object");
        var command = new Command("plan", "Show how a model would use the memory of this box, before it is loaded; exits 1 where it does not fit.") { name, memory, context, json };
        command.SetAction(parsed =>
        {
            var machine = parsed.GetValue(memory) is { } text && ByteSize.TryParse(text, out var bytes) ? MemorySnapshot.Of(bytes) : MachineMemory.Here.Read();
            var options = new EngineOptions { ContextLength = parsed.GetValue(context) };
            var model = store().Get(parsed.GetValue(name));
            var plan = MemoryPlan.Make(model.Manifest.Name, ModelFootprint.Of(model), machine, options.Wishes);
            var terminal = Terminal.Of(parsed);
            if (parsed.GetValue(json)) WriteJson(terminal, PlanReport.From(model.Manifest.Name, plan, machine), ModelsJson.Default.PlanReport);
            else WritePlan(terminal, plan, machine);
            return ExitCode.Ok;
        });
        return command;
    }

    private static void WritePlan(Terminal terminal, MemoryPlan plan, MemorySnapshot machine)
    {
        var footprint = plan.Footprint;
        var step = footprint.StepBytes(plan.PrefillChunk, plan.Sequences);
        terminal.WriteTable(["MEMORY", "SIZE", ""],
        [
            Row("weights in the file", footprint.MappedBytes, "mapped; the kernel can read them again"),
            Row("weights copied", footprint.PrivateBytes, "repacked or converted when the model is loaded"),
            Row("program, tokenizer", footprint.Program + footprint.TokenizerBytes, ""),
            .. footprint.IsEncoder ? [Row("one run", step, "given back after each")] : (string[][])
            [
                Row("one step", step, $"{plan.PrefillChunk} tokens of a prompt beside {Sequences(plan.Sequences)}"),
                Row("keys and values", plan.KvPoolBytes, $"{ByteSize.Format(footprint.KvBytesPerToken(plan.KvType))} per token; {ByteSize.Format(plan.RetainedBytes)} of it for prompts that begin alike"),
            ],
            Row("in all, at most", plan.Total, ""),
            Row("usable", plan.Budget, $"{ByteSize.Format(machine.Room)} available, {ByteSize.Format(MemoryPlan.Reserve(machine.Capacity))} kept free"),
        ]);
        terminal.WriteLine("");
        terminal.WriteTable(["PLAN", ""],
        [
            .. footprint.IsEncoder ? [["longest text", $"{plan.ContextLength:N0} tokens"]] : (string[][])
            [
                ["context", $"{plan.ContextLength:N0} of {footprint.ContextLength:N0} tokens"],
                ["at once", Sequences(plan.Sequences)],
                ["keys and values", PlanReport.Name(plan.KvType)],
                ["prompt chunk", $"{plan.PrefillChunk} tokens"],
            ],
            ["stays loaded", $"{plan.KeepAlive.TotalMinutes:0} minutes after its last use"],
        ]);

        static string[] Row(string what, long bytes, string note) => [what, ByteSize.Format(bytes), note];
        static string Sequences(int count) => count == 1 ? "one sequence" : $"{count} sequences";
    }
}

/// <summary>What <c>plan --json</c> prints; sizes in bytes.</summary>
internal sealed record PlanReport(
    string Model, long MappedBytes, long CopiedBytes, long ProgramBytes, long TokenizerBytes, long StepBytes, long KvBytesPerToken, long KvPoolBytes,
    long RetainedBytes, long TotalBytes, long UsableBytes, long AvailableBytes, int ContextLength, int Sequences, int PrefillChunk, string KvType,
    double KeepAliveSeconds)
{
    public static PlanReport From(string model, MemoryPlan plan, MemorySnapshot machine) => new(
        model, plan.Footprint.MappedBytes, plan.Footprint.PrivateBytes, plan.Footprint.Program, plan.Footprint.TokenizerBytes,
        plan.Footprint.StepBytes(plan.PrefillChunk, plan.Sequences), plan.Footprint.KvBytesPerToken(plan.KvType), plan.KvPoolBytes, plan.RetainedBytes,
        plan.Total, plan.Budget, machine.Room, plan.ContextLength, plan.Sequences, plan.PrefillChunk, Name(plan.KvType), plan.KeepAlive.TotalSeconds);

    public static string Name(KvType type) => type switch { global::Models.Onnx.Attention.KvType.Float32 => "float32", global::Models.Onnx.Attention.KvType.Float16 => "float16", _ => "int8" };
}
