using System.CommandLine;
using Appliance.Client;
using Appliance.Commands;
using Appliance.Commands.Agents;
using Appliance.Commands.Approvals;
using Appliance.Commands.Audit;
using Appliance.Commands.Backup;
using Appliance.Commands.Bench;
using Appliance.Commands.Chat;
using Appliance.Commands.Config;
using Appliance.Commands.Context;
using Appliance.Commands.Cron;
using Appliance.Commands.Devices;
using Appliance.Commands.Doctor;
using Appliance.Commands.Exec;
using Appliance.Commands.FirstBoot;
using Appliance.Commands.Gateway;
using Appliance.Commands.Hardware;
using Appliance.Commands.Install;
using Appliance.Commands.Mcp;
using Appliance.Commands.Memory;
using Appliance.Commands.Models;
using Appliance.Commands.Monitoring;
using Appliance.Commands.Network;
using Appliance.Commands.Offline;
using Appliance.Commands.Outbox;
using Appliance.Commands.People;
using Appliance.Commands.Reflexes;
using Appliance.Commands.Router;
using Appliance.Commands.Sessions;
using Appliance.Commands.Skills;
using Appliance.Commands.Update;
using Appliance.Update.Slots;
using Models;

namespace Appliance;

/// <summary>The executable's entry: the command line, and the one place that turns an error into a sentence and an exit code.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        SlotStart.Follow(args);
        var root = new RootCommand("A private AI assistant in one file: a local model, a chat, and an OpenAI- and Ollama-compatible server.")
        {
            ChatCommand.Create(),
            RunCommand.Create(),
            ServeCommand.Create("serve"),
            GatewayCommand.Create(),
            ModelsCommand.Create(),
            StatusCommand.Create(),
            ContextCommand.Create(),
            RouterCommand.Create(),
            OfflineCommand.Create(),
            NetworkCommand.Create(),
            HealthCommand.Create(),
            MonitorCommand.Create(),
            ProfileCommand.Create(),
            AgentCommand.Create(),
            AgentsCommand.Create(),
            SessionsCommand.Create(),
            MemoryCommand.Create(),
            ReflexesCommand.Create(),
            ApprovalsCommand.Create(),
            CronCommand.Create(),
            HardwareCommand.Create(),
            OutboxCommand.Create(),
            SkillsCommand.Create(),
            McpCommand.Create(),
            DevicesCommand.Create(),
            PairingCommand.Create(),
            NodesCommand.Create(),
            LogsCommand.Create(),
            DashboardCommand.Create(),
            CallCommand.Create(),
            ConfigCommand.Create(),
            OnboardCommand.Create(),
            DoctorCommand.Create(),
            DoctorCommand.CreateSecurity(),
            BackupCommand.Create(),
            InstallCommand.Create(),
            InstallCommand.CreateUninstall(),
            UpdateCommand.Create(),
            FirstBootCommand.Create(),
            MigrateCommand.Create(),
            BenchCommand.Create(),
            ExecCommand.Create(),
            PeopleCommand.Create(),
            QrCommand.Create(),
            AuditCommand.Create(),
            LicensesCommand.Create(),
            CompletionCommand.Create(),
        };
        root.SetAction(Welcome.RunAsync);
        RootHelp.Use(root);
        try
        {
            var parsed = root.Parse(args);
            if (parsed.Errors.Count > 0) return Usage(parsed);
            // Exceptions and signals come here, not to the library's own handlers: those print a stack trace at a person and kill the
            // process two seconds after Ctrl-C.
            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            using var interrupts = new Interrupts();
            return await parsed.InvokeAsync(configuration, interrupts.Token);
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
        catch (ModelException e)
        {
            await Console.Error.WriteLineAsync($"error: {e.Message}");
            return e is GatewayClientException { Code: GatewayClientException.NotRunning } ? ExitCode.NotRunning : ExitCode.Error;
        }
    }

    private static int Usage(ParseResult parsed)
    {
        foreach (var error in parsed.Errors) Console.Error.WriteLine($"error: {error.Message}");
        var path = string.Join(' ', Path(parsed.CommandResult));
        Console.Error.WriteLine($"Try: {path} --help");
        return ExitCode.Usage;
    }

    private static IEnumerable<string> Path(System.CommandLine.Parsing.SymbolResult? result)
    {
        var names = new Stack<string>();
        for (; result is System.CommandLine.Parsing.CommandResult command; result = result.Parent)
            names.Push(command.Command is RootCommand ? "appliance" : command.Command.Name);
        return names;
    }
}
