using System.CommandLine;
using Microsoft.Extensions.AI;
using Models;
using Models.Generation;
using Models.Store;
using Runtime.Sessions;

namespace Appliance.Commands.Chat;

/// <summary><c>appliance chat</c>: a conversation in the terminal. Ctrl-C stops the answer and not the program.</summary>
internal static class ChatCommand
{
    private const string Help = "/clear forgets the conversation, /bye or Ctrl-D leaves, Ctrl-C stops an answer.";

    public static Command Create()
    {
        var system = new Option<string?>("--system") { Description = "Instructions for the model.", HelpName = "TEXT" };
        var command = new Command("chat", "Talk with a model in the terminal. " + Help) { system };
        var arguments = new GenerationArguments(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var generation = arguments.Generation(parsed, defaultTemperature: 0.7f);
            using var host = new ModelHost(new ModelStore(HomeFolder.Path), arguments.Engine(parsed) with { KeepWarm = Console.Error.WriteLine });
            var client = await host.GetChatClientAsync(arguments.Model(parsed), cancellation);
            var options = LocalChatClient.ToChatOptions(generation);
            options.Instructions = parsed.GetValue(system);
            var name = client.GetService<ChatClientMetadata>()?.DefaultModelId;
            return await TalkAsync(new Conversation(client, options), name ?? "");
        });
        return command;
    }

    private static async Task<int> TalkAsync(Conversation conversation, string model)
    {
        var interactive = !Console.IsInputRedirected;
        if (interactive) Console.Out.WriteLine($"{model}. {Help}");

        // Ctrl-C stops the answer that streams; at the prompt there is nothing to stop, and it only says how to leave.
        CancellationTokenSource? answering = null;
        Interrupts.Ask(() =>
        {
            if (Volatile.Read(ref answering) is { } running) running.Cancel();
            else if (interactive) Console.Out.Write($"\n{Help}\n> ");
        });

        while (true)
        {
            if (interactive) Console.Out.Write("> ");
            var line = Console.In.ReadLine();
            if (line is null or "/bye" or "/exit" or "/quit") return ExitCode.Ok;
            if (line.Length == 0) continue;
            if (line == "/clear")
            {
                conversation.Clear();
                continue;
            }
            if (line is "/help" or "/?")
            {
                Console.Out.WriteLine(Help);
                continue;
            }
            using var stop = new CancellationTokenSource();
            Volatile.Write(ref answering, stop);
            try
            {
                await foreach (var piece in conversation.AskAsync(line, stop.Token)) Console.Out.Write(piece);
                Console.Out.WriteLine();
            }
            catch (OperationCanceledException)
            {
                Console.Out.WriteLine(" [stopped]");
            }
            catch (ModelException e)
            {
                Console.Out.WriteLine();
                Console.Error.WriteLine($"error: {e.Message}");
            }
            finally
            {
                Volatile.Write(ref answering, null);
            }
        }
    }
}
