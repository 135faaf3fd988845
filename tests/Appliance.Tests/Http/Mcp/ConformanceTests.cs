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
/// MCP's own conformance suite against our transport and access guard. It needs Node 22 and <c>@modelcontextprotocol/conformance</c>: it runs
/// where MCP_CONFORMANCE names the suite's index.js (and NODE22 a node of that version), as <c>./build.sh test-clients</c> does.
/// </summary>
public sealed class ConformanceTests(ITestOutputHelper output)
{
    [ConformanceFact]
    public async Task Suite_EveryServerScenario_Passes()
    {
        using var home = new TemporaryFolder();
        await using var server = await StartAsync(home.Path);
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("NODE22") ?? "node", [Environment.GetEnvironmentVariable(ConformanceFactAttribute.Variable)!, "server", "--suite", "all", "--url", server.Urls.Single() + "/mcp"])
        {
            WorkingDirectory = home.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        output.WriteLine(text);
        var passed = text.Split('\n').Count(line => line.TrimStart().StartsWith('✓'));
        output.WriteLine($"figure: MCP conformance: {passed} server scenarios passed");
        Assert.True(process.ExitCode == 0, text + await error);
        Assert.Equal(32, passed);
    }

    private static async Task<WebApplication> StartAsync(string home)
    {
        var guard = new AccessGuard(IPAddress.Loopback, false, GatewayIdentity.Open(home, new ServerOptions(), _ => { }));
        var door = new McpDoor(_ => ConformanceServer.Describe(), TimeProvider.System);
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
