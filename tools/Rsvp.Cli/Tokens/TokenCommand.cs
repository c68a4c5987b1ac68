using System.CommandLine;
using Rsvp.Cli.Instances;

namespace Rsvp.Cli.Tokens;

/// <summary><c>./rsvp token</c>: prints a development token and nothing else.</summary>
internal static class TokenCommand
{
    internal static Command Create()
    {
        var sub = new Option<Guid>("--sub") { Description = "the user's id, a UUID", Required = true };
        var name = new Option<string?>("--name") { Description = "the user's name" };
        var email = new Option<string?>("--email") { Description = "the user's e-mail address" };
        var role = new Option<string?>("--role") { Description = "admin, or nothing" };
        role.AcceptOnlyFromAmong("admin");
        var minutes = new Option<double>("--minutes") { Description = "how long it is valid", DefaultValueFactory = _ => 720 };
        var command = new Command("token", "Print a development token.") { sub, name, email, role, minutes };
        command.SetAction(parsed =>
        {
            var home = RsvpHome.FromEnvironment();
            JwtSettings settings = JsonFile.Read<RunFile>(home.RunFile)?.Jwt
                ?? new JwtSettings(ServiceEnvironment.Issuer, ServiceEnvironment.Audience, Secrets.LoadOrCreate(home).JwtKey);
            Console.WriteLine(settings.Tokens(TimeProvider.System).Create(
                parsed.GetValue(sub),
                TimeSpan.FromMinutes(parsed.GetValue(minutes)),
                parsed.GetValue(name),
                parsed.GetValue(email),
                parsed.GetValue(role)));
            return 0;
        });
        return command;
    }
}
