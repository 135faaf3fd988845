using System.Diagnostics;
using System.Net;
using Appliance.Gateway.Identity;
using Appliance.Hosting;
using Appliance.Http;
using Appliance.Http.Mcp;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using TestKit;
using Xunit.Abstractions;

namespace Appliance.Tests.Http.Mcp;

/// <summary>
/// MCP's own conformance suite against our transport and access guard, and with our client. It needs Node 22 and <c>@modelcontextprotocol/conformance</c>: it runs
/// where MCP_CONFORMANCE names the suite's index.js (and NODE22 a node of that version), as <c>./build.sh test-clients</c> does.
/// </summary>
public sealed class ConformanceTests(ITestOutputHelper output)
{
    [ConformanceFact]
    public async Task Suite_EveryServerScenario_Passes()
    {
        using var home = new TemporaryFolder();
        await using var server = await StartAsync(home.Path);
        var (code, text) = await RunAsync(home.Path, "server", "--suite", "all", "--url", server.Urls.Single() + "/mcp");
        var passed = text.Split('\n').Count(line => line.TrimStart().StartsWith('✓'));
        output.WriteLine($"figure: MCP conformance: {passed} server scenarios passed");
        Assert.True(code == 0, text);
        Assert.Equal(32, passed);
    }

    /// <summary>The scenarios for clients that are neither about OAuth nor about asking back: this program's commands are the client.</summary>
    [ConformanceTheory]
    [InlineData("initialize", "")]
    [InlineData("tools_call", """test s --call add_numbers --arguments '{"a":5,"b":3}'""")]
    [InlineData("sse-retry", "test s --call test_reconnection")]
    public async Task Suite_ClientScenario_Passes(string scenario, string command)
    {
        using var home = new TemporaryFolder();
        var program = $"APPLIANCE_HOME={home["home"]} dotnet {Path.Combine(AppContext.BaseDirectory, "appliance.dll")} mcp";
        // The suite puts its address last.
        await File.WriteAllTextAsync(home["client.sh"], $"for url; do :; done\n{program} add s --url \"$url\" >&2 || exit 1\n{(command.Length > 0 ? $"{program} {command} >&2" : "")}\n");
        var (code, text) = await RunAsync(home.Path, "client", "--command", $"sh {home["client.sh"]}", "--scenario", scenario);
        Assert.True(code == 0, text);
        Assert.Contains("OVERALL: PASSED", text, StringComparison.Ordinal);
    }

    private async Task<(int Code, string Text)> RunAsync(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("NODE22") ?? "node", [Environment.GetEnvironmentVariable(ConformanceFactAttribute.Variable)!, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        output.WriteLine(text);
        return (process.ExitCode, text + await error);
    }

    private static async Task<WebApplication> StartAsync(string home)
    {
        var guard = new AccessGuard(IPAddress.Loopback, false, GatewayIdentity.Open(home, new ServerOptions(), _ => { }));
        var door = new McpDoor(_ => new ConformanceServer(), TimeProvider.System, e => Assert.Fail($"{e}"));
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Run(async context =>
        {
            try
            {
                guard.CheckPage(context.Request);
                await (context.Request.Method switch
                {
                    "POST" => door.PostAsync(context, context.RequestAborted),
                    "GET" => door.GetAsync(context, context.RequestAborted),
                    _ => door.DeleteAsync(context),
                });
            }
            catch (ApiException e)
            {
                context.Response.StatusCode = e.Status;
                await context.Response.WriteAsync(e.Message);
            }
            catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
            {
                // The client has gone.
            }
        });
        await app.StartAsync();
        return app;
    }
}
