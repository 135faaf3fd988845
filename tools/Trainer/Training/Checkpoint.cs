using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using Trainer.Numerics;

namespace Trainer.Training;

/// <summary>A training on the disk: plan, counts, weights and moments. A new one takes the old one's place when it is whole.</summary>
internal static class Checkpoint
{
    private static ReadOnlySpan<byte> Magic => "APPTRN01"u8;

    /// <summary>Writes one.</summary>
    public static void Save(string path, TrainingRun run)
    {
        var head = JsonSerializer.SerializeToUtf8Bytes(new CheckpointHead(run.Plan, run.Steps, run.Examples), TrainerJson.Default.CheckpointHead);
        var next = path + ".new";
        using (var file = new FileStream(next, FileMode.Create, FileAccess.Write))
        {
            file.Write(Magic);
            Span<byte> length = stackalloc byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(length, head.Length);
            file.Write(length);
            file.Write(head);
            foreach (var block in Blocks(run)) file.Write(MemoryMarshal.AsBytes(block.Span));
            file.Flush(flushToDisk: true);
        }
        File.Move(next, path, overwrite: true);
    }

    /// <summary>Goes on with one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="examples">The examples that it learns from.</param>
    /// <param name="plan">What its steps and rates shall be from now on; null to leave them as they are.</param>
    /// <exception cref="InvalidDataException">The file is no checkpoint or not whole.</exception>
    public static TrainingRun Load(string path, IExamples examples, TrainingPlan? plan = null)
    {
        using var file = File.OpenRead(path);
        var start = new byte[Magic.Length + 4];
        if (file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !start.AsSpan(0, Magic.Length).SequenceEqual(Magic)) throw new InvalidDataException($"{path} is no checkpoint.");
        var text = new byte[BinaryPrimitives.ReadInt32LittleEndian(start.AsSpan(Magic.Length))];
        file.ReadExactly(text);
        var head = JsonSerializer.Deserialize(text, TrainerJson.Default.CheckpointHead) ?? throw new InvalidDataException($"{path} is no checkpoint.");
        var run = new TrainingRun(plan is null ? head.Plan : head.Plan with { Steps = plan.Steps, Rate = plan.Rate, WarmUp = plan.WarmUp, CoolDown = plan.CoolDown }, examples) { Steps = head.Steps, Examples = head.Examples };
        try
        {
            foreach (var block in Blocks(run)) file.ReadExactly(MemoryMarshal.AsBytes(block.Span));
            return run;
        }
        catch (EndOfStreamException e)
        {
            run.Dispose();
            throw new InvalidDataException($"{path} ends too early.", e);
        }
    }

    private static FloatBlock[] Blocks(TrainingRun run) => [run.Weights, run.Optimiser.First, run.Optimiser.Second];
}
