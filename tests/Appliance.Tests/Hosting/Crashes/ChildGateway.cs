using System.Diagnostics;
using Appliance.Tests.Hosting.Crashes;
using Appliance.Tests.Http;

namespace Appliance.Tests.Hosting.Crashes
{
    /// <summary>A gateway with a scripted model in a process of its own, so that a test can kill it as a power cut would.</summary>
    internal sealed class ChildGateway : IDisposable
    {
        public const string HomeVariable = "APPLIANCE_TEST_GATEWAY_HOME", CommandVariable = "APPLIANCE_TEST_GATEWAY_COMMAND";

        /// <summary>What its clients must send.</summary>
        public const string Token = "0123456789abcdef0123456789abcdef";

        private readonly Process _process;

        /// <summary>Starts one whose model runs a command, whatever it is asked.</summary>
        public ChildGateway(string home, string command)
        {
            var assembly = typeof(ChildGateway).Assembly.Location;
            _process = Process.Start(new ProcessStartInfo("dotnet", ["exec", assembly])
            {
                RedirectStandardOutput = true,
                Environment = { ["DOTNET_STARTUP_HOOKS"] = assembly, [HomeVariable] = home, [CommandVariable] = command },
            })!;
            Address = new Uri(_process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the child gateway did not start"));
        }

        public Uri Address { get; }

        /// <summary>SIGKILL.</summary>
        public void Kill()
        {
            _process.Kill();
            _process.WaitForExit();
        }

        public void Dispose()
        {
            if (!_process.HasExited) Kill();
            _process.Dispose();
        }

        /// <summary>What the child does: serves until it is killed.</summary>
        public static void Run(string home, string command)
        {
            var calls = ScriptedChatClient.Call("call_1", "exec", new System.Text.Json.Nodes.JsonObject { ["command"] = command }.ToJsonString());
            var host = TestHost.StartAtAsync(home, Token, new ScriptedSteps([calls])).GetAwaiter().GetResult();
            Console.Out.WriteLine(host.Address);
            Console.Out.Flush();
            Thread.Sleep(Timeout.Infinite);
        }
    }
}

/// <summary>The runtime calls this before anything else in a process whose DOTNET_STARTUP_HOOKS names this assembly.</summary>
internal static class StartupHook
{
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(ChildGateway.HomeVariable) is { } home)
            ChildGateway.Run(home, Environment.GetEnvironmentVariable(ChildGateway.CommandVariable)!);
    }
}
