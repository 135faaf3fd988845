using System.Diagnostics;
using System.Globalization;
using Models.Import;
using Models.Store;
using Models.Tests.Store;

namespace Models.Tests.Store
{
    /// <summary>Runs <see cref="StoreChild"/> in a process of its own, so that a test can kill it as a power cut would.</summary>
    internal sealed class ChildProcess : IDisposable
    {
        private readonly Process _process;

        public ChildProcess(string task, string home, string name)
        {
            var assembly = typeof(ChildProcess).Assembly.Location;
            _process = Process.Start(new ProcessStartInfo("dotnet", ["exec", assembly])
            {
                RedirectStandardOutput = true,
                Environment =
                {
                    ["DOTNET_STARTUP_HOOKS"] = assembly,
                    [StoreChild.TaskVariable] = task,
                    [StoreChild.HomeVariable] = home,
                    [StoreChild.NameVariable] = name,
                },
            })!;
        }

        /// <summary>The next line it says, or null when it has ended.</summary>
        public string? Read() => _process.StandardOutput.ReadLine();

        /// <summary>SIGKILL.</summary>
        public void Kill()
        {
            _process.Kill();
            _process.WaitForExit();
        }

        public int Wait()
        {
            _process.WaitForExit();
            return _process.ExitCode;
        }

        public void Dispose()
        {
            if (!_process.HasExited) Kill();
            _process.Dispose();
        }
    }

    /// <summary>What a child process does. Its weights are a number as text, the same in each of three files.</summary>
    internal static class StoreChild
    {
        public const string TaskVariable = "APPLIANCE_TEST_TASK", HomeVariable = "APPLIANCE_TEST_HOME", NameVariable = "APPLIANCE_TEST_NAME";

        public static void Run(string task)
        {
            var store = new ModelStore(Environment.GetEnvironmentVariable(HomeVariable)!, Make);
            var name = Environment.GetEnvironmentVariable(NameVariable)!;
            switch (task)
            {
                case "install for ever":
                    for (var number = 1; ; number++) Install(store, name, number);
                case "install 25 times":
                    for (var number = 1; number <= 25; number++) Install(store, name, number);
                    break;
                case "save keys and values for ever":
                    for (var number = 1; ; number++)
                    {
                        Generation.Kv.KvFileTests.WriteNumber(Environment.GetEnvironmentVariable(HomeVariable)!, number);
                        Say(number.ToString(CultureInfo.InvariantCulture));
                    }
                case "hang in the import":
                    new ModelStore(store.Home, (source, target, options, cancellation) =>
                    {
                        Make(source, target, options, cancellation);
                        Say("importing");
                        Thread.Sleep(Timeout.Infinite);
                        throw new UnreachableException();
                    }).Install("0", "test", name, new ImportOptions(), default);
                    break;
            }
        }

        /// <summary>The number a model was made from; fails when its files do not belong together.</summary>
        public static int Number(InstalledModel model)
        {
            var numbers = Directory.GetFiles(model.Folder, "part*").Select(File.ReadAllText).Distinct().ToList();
            return int.Parse(Assert.Single(numbers).TrimEnd('.'), CultureInfo.InvariantCulture);
        }

        public static ImportReport Make(string source, string target, ImportOptions options, CancellationToken cancellation)
        {
            for (var part = 0; part < 3; part++) File.WriteAllText(Path.Combine(target, $"part{part}"), source + new string('.', 20_000));
            return new ImportReport("llama", 1, "none", 1, null, []);
        }

        private static void Install(ModelStore store, string name, int number)
        {
            store.Install(number.ToString(CultureInfo.InvariantCulture), "test", name, new ImportOptions(), default);
            Say(number.ToString(CultureInfo.InvariantCulture));
        }

        private static void Say(string line)
        {
            Console.Out.WriteLine(line);
            Console.Out.Flush();
        }
    }
}

/// <summary>The runtime calls this before anything else in a process whose DOTNET_STARTUP_HOOKS names this assembly.</summary>
internal static class StartupHook
{
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(StoreChild.TaskVariable) is not { } task) return;
        StoreChild.Run(task);
        Environment.Exit(0);
    }
}
