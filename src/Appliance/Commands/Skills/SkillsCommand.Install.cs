using System.CommandLine;
using Appliance.Config;
using Models.Egress;
using Runtime.Skills;
using Runtime.Skills.Installing;

namespace Appliance.Commands.Skills;

internal static partial class SkillsCommand
{
    private static Command InstallCommand(Func<string> home)
    {
        var source = new Argument<string>("source") { HelpName = "SOURCE", Description = "A folder, a .zip, .tar or .tar.gz, git:https://ADDRESS, or https://ADDRESS[#sha256=HEX] of an archive." };
        var yes = new Option<bool>("--yes", "-y") { Description = "Install it: you have read what it asks for. Without this it is only shown." };
        var expect = new Option<string?>("--expect") { Description = "Install it only if its content has this hash, as the review shows it.", HelpName = "HASH" };
        var command = new Command(
            "install",
            "Look at a skill from elsewhere and, with --yes, install it for all agents. Its content is remembered: where it changes later it is out of " +
            $"use until you enable it. Nothing of it is run. {EgressPolicy.OfflineVariable}=1 forbids fetching.")
        { source, yes, expect, Json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (terminal, book) = (Terminal.Of(parsed), Book(parsed, home()));
            using var door = new EgressDoor(Outbound.In(home()));
            var installer = new SkillInstaller(book, door);
            using var staged = await installer.StageAsync(parsed.GetValue(source)!, cancellation);
            var review = staged.Review;
            if (parsed.GetValue(expect) is { } hash && !review.Hash.Equals(hash, StringComparison.OrdinalIgnoreCase)) throw new SkillException($"Its content has the hash {review.Hash}, not the one that was expected. Nothing was installed.");
            var installs = parsed.GetValue(yes);
            var skill = installs ? installer.Install(staged, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()) : null;
            if (parsed.GetValue(Json)) Print(terminal, SkillReviewJson.Of(review, installs), SkillsJson.Default.SkillReviewJson);
            else Show(terminal, review);
            if (skill is not null && !parsed.GetValue(Json)) terminal.WriteLine($"installed in {skill.Folder}: {skill.WhyNot ?? "ready"}");
            if (!installs) terminal.Note($"Nothing was installed. Read it, then repeat with: --yes --expect {review.Hash}");
            return installs ? ExitCode.Ok : ExitCode.Error;
        });
        return command;
    }

    private static void Show(Terminal terminal, SkillReview review)
    {
        foreach (var (label, text) in review.Lines())
        {
            if (label == SkillReview.LookAt) terminal.Output.WriteLine($"{terminal.Red(label),-10}  {Terminal.Clean(text)}");
            else terminal.WriteLine($"{label,-10}  {text}");
        }
    }
}
