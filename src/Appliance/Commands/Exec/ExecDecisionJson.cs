using System.Buffers;
using System.Text;
using System.Text.Json;
using Runtime.Exec;

namespace Appliance.Commands.Exec;

/// <summary>A decision as a line: <c>{"verdict","reason","argv"}</c>; <c>argv</c> is a list of words, or of such lists where there are several commands.</summary>
internal static class ExecDecisionJson
{
    /// <summary>Writes a decision.</summary>
    public static string Write(ExecDecision decision)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("verdict", decision.Verdict.ToString().ToLowerInvariant());
            writer.WriteString("reason", decision.Reason);
            writer.WritePropertyName("argv");
            var commands = decision.Commands.ToList();
            if (commands.Count != 1) writer.WriteStartArray();
            foreach (var command in commands) WriteWords(writer, command.Argv);
            if (commands.Count != 1) writer.WriteEndArray();
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteWords(Utf8JsonWriter writer, IReadOnlyList<string> words)
    {
        writer.WriteStartArray();
        foreach (var word in words) writer.WriteStringValue(word);
        writer.WriteEndArray();
    }
}
