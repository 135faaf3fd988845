using System.CommandLine;

namespace Appliance.Commands;

/// <summary><c>appliance licenses</c>: notices of what is linked in or embedded.</summary>
internal static class LicensesCommand
{
    public static Command Create()
    {
        var command = new Command("licenses", "Print the licences of this program and of everything inside it.");
        command.SetAction(_ =>
        {
            using var notices = typeof(LicensesCommand).Assembly.GetManifestResourceStream("licenses.txt")!;
            using var reader = new StreamReader(notices);
            Console.Out.Write(reader.ReadToEnd());
            return ExitCode.Ok;
        });
        return command;
    }
}
