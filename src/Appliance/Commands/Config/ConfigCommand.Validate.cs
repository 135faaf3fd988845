using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Appliance.Config;
using Appliance.Config.Document;
using Models;

namespace Appliance.Commands.Config;

internal static partial class ConfigCommand
{
    private static Command ValidateCommand(Func<string> home)
    {
        var file = new Argument<string?>("file") { HelpName = "FILE", Description = "Another file than the one in force.", Arity = ArgumentArity.ZeroOrOne };
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var command = new Command("validate", "Check the file: lines that cannot be, and names that no setting has.") { file, json };
        command.SetAction(parsed =>
        {
            var terminal = Terminal.Of(parsed);
            var path = parsed.GetValue(file) ?? new ConfigFile(home()).Path;
            var state = File.Exists(path) ? ConfigState.Read(Read(path), []) : parsed.GetValue(file) is null ? ConfigState.WithoutFile([]) : throw new ModelException($"There is no file {path}.");
            if (parsed.GetValue(json)) terminal.Output.WriteLine(JsonSerializer.Serialize(Report(path, state), ConfigCommandJson.Default.ConfigReport));
            else
            {
                foreach (var issue in state.Issues) terminal.WriteLine($"{(issue.IsWarning ? "warning" : "error")}: {issue}");
                if (state.IsValid) terminal.WriteLine(File.Exists(path) ? $"{path} can be used." : $"There is no {path}: everything is as by default.");
            }
            return state.IsValid ? ExitCode.Ok : ExitCode.Error;
        });
        return command;
    }

    private static ConfigReport Report(string path, ConfigState state) =>
        new(path, state.IsValid, [.. state.Issues.Select(issue => new ConfigReportIssue($"{issue.Path}", issue.Line, issue.Message, issue.IsWarning ? "warning" : "error"))]);

    private static byte[] Read(string path)
    {
        try
        {
            return new FileInfo(path).Length <= ConfigDocument.Largest ? File.ReadAllBytes(path) : throw new ModelException($"{path} is larger than a configuration file may be ({ConfigDocument.Largest} bytes).");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"Cannot read {path}: {e.Message}", e);
        }
    }
}

/// <summary>What <c>config validate --json</c> prints.</summary>
internal sealed record ConfigReport(string Path, bool Valid, IReadOnlyList<ConfigReportIssue> Issues);

/// <summary>Something that is wrong; <c>severity</c> is error or warning.</summary>
internal sealed record ConfigReportIssue(string Path, int Line, string Message, string Severity);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ConfigReport))]
internal sealed partial class ConfigCommandJson : JsonSerializerContext;
