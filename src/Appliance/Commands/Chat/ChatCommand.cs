using System.CommandLine;
using Microsoft.Extensions.AI;
using Models.Generation;
using Models.Store;
using Runtime.Sessions;

namespace Appliance.Commands.Chat;

/// <summary><c>appliance chat</c>: a conversation in the terminal. Ctrl-C stops the answer and not the program.</summary>
internal static class ChatCommand
{
    public static Command Create()
    {
        var system = new Option<string?>("--system") { Description = "Instructions for the model.", HelpName = "TEXT" };
        var command = new Command("chat", "Talk with a model in the terminal. " + Dialogue.Help) { system };
        var arguments = new GenerationArguments(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var generation = arguments.Generation(parsed, defaultTemperature: 0.7f);
            using var host = new ModelHost(ConfiguredModels.In(HomeFolder.Path), arguments.Engine(parsed) with { KeepWarm = Console.Error.WriteLine });
            var client = await host.GetChatClientAsync(arguments.Model(parsed), cancellation);
            var options = LocalChatClient.ToChatOptions(generation);
            options.Instructions = parsed.GetValue(system);
            var name = client.GetService<ChatClientMetadata>()?.DefaultModelId;
            return await TalkAsync(new Conversation(client, options), name ?? "");
        });
        return command;
    }

    private static Task<int> TalkAsync(Conversation conversation, string model) => Dialogue.RunAsync(
        model,
        async (line, cancellation) =>
        {
            await foreach (var piece in conversation.AskAsync(line, cancellation)) Console.Out.Write(piece);
            Console.Out.WriteLine();
        },
        () =>
        {
            conversation.Clear();
            return Task.CompletedTask;
        });
}
