using System.Net;
using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Testing;

namespace Rsvp.EndToEnd.Tests.Promotion;

/// <summary>Freed seats find the next in line, on real processes.</summary>
[Collection(SystemCollection.Name)]
public sealed class PromotionTests(SystemFixture system)
{
    [Fact]
    public async Task Fifty_cancels_at_once_on_a_long_line_let_the_next_fifty_in()
    {
        var (activity, people) = await FillAsync(capacity: 100, count: 300);

        await Task.WhenAll(people.Take(50).Select(person => person.CancelAsync(activity)));

        await system.CountsAsync(activity, confirmed: 100, waiting: 150);
        Assert.All(await people[100..150].StatusesAsync(activity), status => Assert.Equal("confirmed", status));
        Assert.All(await people[150..].StatusesAsync(activity), status => Assert.Equal("waitlisted", status));
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task The_cancel_of_a_party_of_five_promotes_into_all_five_seats()
    {
        var activity = await system.OpenAsync(5);
        var five = await system.JoinAsync(activity, 5);
        var waiting = await system.JoinAllAsync(activity, 2, 1, 1, 1, 1);

        await five.CancelAsync(activity);

        await system.CountsAsync(activity, confirmed: 5, waiting: 1);
        Assert.Equal(["confirmed", "confirmed", "confirmed", "confirmed", "waitlisted"], await waiting.StatusesAsync(activity));
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task A_party_of_five_that_becomes_two_lets_three_in()
    {
        var activity = await system.OpenAsync(5);
        var five = await system.JoinAsync(activity, 5);
        var waiting = await system.JoinAllAsync(activity, 1, 2, 1);

        await five.ResizeAsync(activity, 2);

        await system.CountsAsync(activity, confirmed: 5, waiting: 1);
        Assert.Equal(["confirmed", "confirmed", "waitlisted"], await waiting.StatusesAsync(activity));
    }

    [Fact]
    public async Task A_waiting_user_who_cancels_opens_the_line_behind_a_party_that_did_not_fit()
    {
        var activity = await system.OpenAsync(3, new { skipLimit = 0 });
        await system.JoinAsync(activity, 2);
        var waiting = await system.JoinAllAsync(activity, 2, 1);
        Assert.Equal(["waitlisted", "waitlisted"], await waiting.StatusesAsync(activity));

        await waiting[0].CancelAsync(activity);

        await waiting[1].BecomesAsync(activity, "confirmed");
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task A_capacity_raised_twice_quickly_is_filled_in_line_order()
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(0);
        var waiting = await system.JoinAllAsync(activity, 1, 1, 1, 1, 1);

        await Task.WhenAll(host.PatchAsync(activity, new { capacity = 2 }), host.PatchAsync(activity, new { capacity = 3 }));
        await host.PatchAsync(activity, new { capacity = 4 });

        await system.CountsAsync(activity, confirmed: 4, waiting: 1);
        Assert.Equal(["confirmed", "confirmed", "confirmed", "confirmed", "waitlisted"], await waiting.StatusesAsync(activity));
    }

    [Fact]
    public async Task A_newcomer_waits_while_a_seat_is_free_and_people_wait()
    {
        var activity = await system.OpenAsync(4, new { skipLimit = 0 });
        await system.JoinAsync(activity, 3);
        await system.JoinAsync(activity, 2);

        var newcomer = system.NewPerson();
        var answer = await newcomer.SubmitAsync(activity);

        Assert.Equal("waitlisted", answer.RsvpStatus);
        Assert.Equal(2, answer.Position);
        await system.AssertAuditIsCleanAsync();
        Assert.Equal("waitlisted", await newcomer.StatusAsync(activity));
    }

    [Fact]
    public async Task A_newcomer_who_fits_beside_a_big_party_is_let_in_by_a_pass()
    {
        var activity = await system.OpenAsync(4);
        await system.JoinAsync(activity, 3);
        await system.JoinAsync(activity, 2);

        var newcomer = system.NewPerson();
        await newcomer.SubmitAsync(activity);

        await newcomer.BecomesAsync(activity, "confirmed");
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task Cancel_and_return_at_once_goes_to_the_back_of_the_line()
    {
        var activity = await system.OpenAsync(1);
        var first = await system.JoinAsync(activity, 1);
        var second = await system.JoinAsync(activity, 1);

        await first.CancelAsync(activity);
        await first.SubmitAsync(activity);

        await second.BecomesAsync(activity, "confirmed");
        await first.BecomesAsync(activity, "waitlisted");
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task In_a_strict_line_seats_wait_for_the_big_party_at_its_head()
    {
        var activity = await system.OpenAsync(4, new { skipLimit = 0 });
        var seated = await system.JoinAllAsync(activity, 1, 1, 1, 1);
        var waiting = await system.JoinAllAsync(activity, 3, 1);

        await seated[0].CancelAsync(activity);
        await seated[1].CancelAsync(activity);
        await system.AssertAuditIsCleanAsync();
        Assert.Equal(["waitlisted", "waitlisted"], await waiting.StatusesAsync(activity));

        await seated[2].CancelAsync(activity);
        await waiting[0].BecomesAsync(activity, "confirmed");
        Assert.Equal("waitlisted", await waiting[1].StatusAsync(activity));
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task A_party_that_was_overtaken_as_often_as_the_limit_says_stops_the_line()
    {
        var activity = await system.OpenAsync(4, new { skipLimit = 2 });
        var seated = await system.JoinAllAsync(activity, 1, 1, 1, 1);
        var big = await system.JoinAsync(activity, 4);
        var singles = await system.JoinAllAsync(activity, 1, 1, 1);

        await seated[0].CancelAsync(activity);
        await seated[1].CancelAsync(activity);
        await singles[1].BecomesAsync(activity, "confirmed");
        await seated[2].CancelAsync(activity);
        await system.AssertAuditIsCleanAsync();

        Assert.Equal("confirmed", await singles[0].StatusAsync(activity));
        Assert.Equal("waitlisted", await singles[2].StatusAsync(activity));
        Assert.Equal("waitlisted", await big.StatusAsync(activity));
        await system.CountsAsync(activity, confirmed: 3, waiting: 5);
    }

    [Fact]
    public async Task A_place_larger_than_the_capacity_at_the_head_never_stops_the_line()
    {
        var activity = await system.OpenAsync(2, new { skipLimit = 0 });
        var seated = await system.JoinAllAsync(activity, 1, 1);
        var waiting = await system.JoinAllAsync(activity, 3, 1, 1);

        await seated[0].CancelAsync(activity);
        await seated[1].CancelAsync(activity);

        await waiting[2].BecomesAsync(activity, "confirmed");
        Assert.Equal(["waitlisted", "confirmed", "confirmed"], await waiting.StatusesAsync(activity));
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task The_same_cancel_sent_twice_lets_one_in()
    {
        var activity = await system.OpenAsync(1);
        var seated = await system.JoinAsync(activity, 1);
        var waiting = await system.JoinAllAsync(activity, 1, 1);

        var answers = await Task.WhenAll(seated.CancelAsync(activity, key: "once"), seated.CancelAsync(activity, key: "once"));

        Assert.Equal(answers[0].RequestId, answers[1].RequestId);
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        await waiting[0].BecomesAsync(activity, "confirmed");
        await system.AssertAuditIsCleanAsync();
        Assert.Equal("waitlisted", await waiting[1].StatusAsync(activity));
    }

    [Fact]
    public async Task A_promotion_whose_answer_is_lost_is_asked_for_again_and_comes_to_rest()
    {
        var activity = await system.OpenAsync(1);
        var seated = await system.JoinAsync(activity, 1);
        await system.JoinAllAsync(activity, 1, 1);
        await seated.CancelAsync(activity);
        await system.AssertAuditIsCleanAsync();

        // As after a pass whose answer never came: the saga waits, and its deadline is due.
        await ExecuteAsync("UPDATE promotion_sagas SET current_state = 'Passing', pass_number = pass_number + 1 WHERE activity_id = $1", activity);
        await ExecuteAsync("INSERT INTO deadlines (activity_id, kind, due_at) VALUES ($1, 'pass_answer', now())", activity);

        await Eventually.HoldsAsync(
            async () => await ScalarAsync("SELECT current_state FROM promotion_sagas WHERE activity_id = $1", activity) as string == "Idle",
            "the saga rests again");
        await system.CountsAsync(activity, confirmed: 1, waiting: 1);
    }

    [Fact]
    public async Task Two_passes_for_one_vacancy_let_in_as_many_as_one()
    {
        var activity = await system.OpenAsync(1);
        var seated = await system.JoinAsync(activity, 1);
        var waiting = await system.JoinAllAsync(activity, 1, 1);
        await seated.CancelAsync(activity);
        await waiting[0].BecomesAsync(activity, "confirmed");

        var version = (long)(await ScalarAsync("SELECT version FROM activities WHERE activity_id = $1", activity))!;
        await ExecuteAsync(
            """
            INSERT INTO outbox (outbox_id, kind, payload, created_at)
            SELECT gen_random_uuid(), 'VacancyOpened', json_build_object('activityId', $1, 'version', 1), now() - interval '1 minute'
            FROM generate_series(1, 2)
            """,
            activity);
        await Eventually.HoldsAsync(
            async () => (long)(await ScalarAsync("SELECT pass_number FROM promotion_sagas WHERE activity_id = $1", activity))! >= 2,
            "another pass was asked for");
        await system.AssertAuditIsCleanAsync();

        Assert.Equal("waitlisted", await waiting[1].StatusAsync(activity));
        Assert.Equal(version, await ScalarAsync("SELECT version FROM activities WHERE activity_id = $1", activity));
    }

    [Fact]
    public async Task A_stranded_seat_is_found_by_the_sweep()
    {
        var activity = await system.OpenAsync(1);
        var seated = await system.JoinAsync(activity, 1);
        var waiting = await system.JoinAsync(activity, 1);

        // A seat freed behind the system's back, as if every message about it had been lost.
        await ExecuteAsync(
            """
            UPDATE activities SET capacity = 2, vacant_since = now() - interval '1 minute', version = version + 1, log_seq = log_seq + 1 WHERE activity_id = $1
            """,
            activity);
        await ExecuteAsync(
            """
            INSERT INTO rsvp_analytics (log_id, activity_id, seq, user_id, action, spots, spots_affected, free_before, rule, actor, metadata, at)
            SELECT gen_random_uuid(), activity_id, log_seq, $2, 'settings_changed', 0, 0, 0, 'settings', 'host',
                   '{"capacity":2,"skipLimit":5}', now()
            FROM activities WHERE activity_id = $1
            """,
            activity,
            seated.Id);

        await waiting.BecomesAsync(activity, "confirmed");
        await system.AssertAuditIsCleanAsync();
    }

    /// <summary>Fills an activity with single people; returned in the order in which they were taken.</summary>
    private async Task<(Guid Activity, List<Person> People)> FillAsync(int capacity, int count)
    {
        var activity = await system.OpenAsync(capacity);
        var people = Enumerable.Range(0, count).Select(_ => system.NewPerson()).ToList();
        await Task.WhenAll(people.Select(person => person.SubmitAsync(activity)));

        await using var command = system.Database.CreateCommand("SELECT user_id FROM rsvp_analytics WHERE activity_id = $1 AND seq > 1 ORDER BY seq");
        command.Parameters.AddWithValue(activity);
        var order = new List<Guid>();
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            order.Add(row.GetGuid(0));
        }

        var byId = people.ToDictionary(person => person.Id);
        return (activity, [.. order.Select(id => byId[id])]);
    }

    private async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var command = system.Database.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.AddWithValue(value);
        }

        await command.ExecuteNonQueryAsync();
    }

    private async Task<object?> ScalarAsync(string sql, Guid activity)
    {
        await using var command = system.Database.CreateCommand(sql);
        command.Parameters.AddWithValue(activity);
        return await command.ExecuteScalarAsync();
    }
}
