using System.CommandLine;
using Npgsql;
using RabbitMQ.Client.Exceptions;
using Rsvp.Hosting.Messaging;

namespace Rsvp.Worker.DeadLetters;

/// <summary>The command <c>dead</c>: what could not be applied, and what to do about it. Exit status 1 when something asked for was not done.</summary>
/// <param name="open">The broker as an operator, and the database as a role that may write the records.</param>
internal sealed class DeadCommand(Func<(BrokerAddress Broker, NpgsqlDataSource Database)> open)
{
    private const int ReasonMax = 500;

    public Command Create() => new("dead", "Look at messages that could not be applied; send them back, or drop them.")
    {
        CreateList(), CreateShow(), CreateReplay(), CreateDrop(),
    };

    private Command CreateList()
    {
        var command = new Command("list", "One line for each dead letter: what it is, where it came from, and why it is here.");
        command.SetAction((parsed, cancellationToken) => WithDeskAsync(parsed, async (desk, report) =>
        {
            var letters = new List<ListedLetter>();
            await desk.LookAsync(letter => letters.Add(ListedLetter.Of(letter)), cancellationToken);
            report.Write(letters);
            return 0;
        }));
        return command;
    }

    private Command CreateShow()
    {
        var id = new Argument<string>("id") { Description = "the id that list shows" };
        var body = new Option<bool>("--body") { Description = "the whole body and nothing else, as it is" };
        var command = new Command("show", "Everything about one dead letter.") { id, body };
        command.SetAction((parsed, cancellationToken) => WithDeskAsync(parsed, async (desk, report) =>
        {
            var wanted = parsed.GetRequiredValue(id);
            DeadLetter? found = null;
            await desk.LookAsync(letter => found ??= letter.Id == wanted ? letter : null, cancellationToken);
            if (found is null)
            {
                return NotFound(parsed, wanted);
            }

            if (parsed.GetValue(body))
            {
                await using var output = Console.OpenStandardOutput();
                await output.WriteAsync(found.Body, cancellationToken);
                return 0;
            }

            report.Write(found);
            report.Write(await desk.HistoryAsync(found, cancellationToken));
            return 0;
        }));
        return command;
    }

    private Command CreateReplay()
    {
        var id = new Argument<string?>("id") { Description = "the id that list shows", Arity = ArgumentArity.ZeroOrOne };
        var all = new Option<bool>("--all") { Description = "every dead letter" };
        var (reason, by) = Responsible();
        var command = new Command("replay", "Send dead letters back to where they came from; they are judged by today's state.") { id, all, reason, by };
        command.Validators.Add(result =>
        {
            if ((result.GetValue(id) is null) != result.GetValue(all))
            {
                result.AddError("replay needs an id, or --all");
            }
        });
        command.SetAction((parsed, cancellationToken) => WithDeskAsync(parsed, async (desk, _) =>
        {
            var who = new Responsibility(parsed.GetRequiredValue(by), parsed.GetRequiredValue(reason));
            return Report(parsed, await desk.ReplayAsync(parsed.GetValue(id), who, cancellationToken), parsed.GetValue(id), "sent back to");
        }));
        return command;
    }

    private Command CreateDrop()
    {
        var id = new Argument<string>("id") { Description = "the id that list shows" };
        var (reason, by) = Responsible();
        var command = new Command("drop", "Take a dead letter out for good; the commands in it that have no outcome get the outcome failed.") { id, reason, by };
        command.SetAction((parsed, cancellationToken) => WithDeskAsync(parsed, async (desk, _) =>
        {
            var wanted = parsed.GetRequiredValue(id);
            var who = new Responsibility(parsed.GetRequiredValue(by), parsed.GetRequiredValue(reason));
            return Report(parsed, await desk.DropAsync(wanted, who, cancellationToken), wanted, "dropped, it came from");
        }));
        return command;
    }

    private static (Option<string> Reason, Option<string> By) Responsible()
    {
        var reason = new Option<string>("--reason") { Description = $"why, up to {ReasonMax} characters; it is kept", Required = true };
        reason.Validators.Add(result =>
        {
            var given = result.GetValueOrDefault<string>() ?? "";
            if (string.IsNullOrWhiteSpace(given) || given.Length > ReasonMax)
            {
                result.AddError($"--reason needs 1 to {ReasonMax} characters");
            }
        });
        var by = new Option<string>("--by") { Description = "who does it; it is kept", DefaultValueFactory = _ => Environment.UserName };
        return (reason, by);
    }

    private static int Report(ParseResult parsed, IReadOnlyList<Handled> handled, string? wanted, string done)
    {
        if (handled.Count == 0 && wanted is not null)
        {
            return NotFound(parsed, wanted);
        }

        var output = parsed.InvocationConfiguration.Output;
        foreach (var one in handled)
        {
            output.WriteLine(one.Refusal is null
                ? $"{one.Letter.Id}: {done} {one.Letter.Origin ?? "an unknown place"}"
                : $"{one.Letter.Id}: left where it is, because {one.Refusal}");
        }

        if (handled.Count == 0)
        {
            output.WriteLine(LetterReport.None);
        }

        return handled.All(one => one.Refusal is null) ? 0 : 1;
    }

    private async Task<int> WithDeskAsync(ParseResult parsed, Func<DeadLetterDesk, LetterReport, Task<int>> work)
    {
        var (broker, database) = open();
        await using var dataSource = database;
        try
        {
            return await work(new DeadLetterDesk(broker, dataSource), new LetterReport(parsed.InvocationConfiguration.Output));
        }
        catch (Exception error) when (error is BrokerUnreachableException or RabbitMQClientException)
        {
            return Fail(parsed, "the broker cannot be asked: " + error.Message);
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            return Fail(parsed, "somebody else is at the dead letters; try again when they are done");
        }
    }

    private static int NotFound(ParseResult parsed, string id) => Fail(parsed, $"there is no dead letter {id}: dead list shows them");

    private static int Fail(ParseResult parsed, string message)
    {
        parsed.InvocationConfiguration.Error.WriteLine("rsvp: " + message);
        return 1;
    }
}
