using Rsvp.Api.Activities;
using Rsvp.Api.Tests.Bodies;

namespace Rsvp.Api.Tests.Activities;

public sealed class ActivityBodiesTests
{
    private const string Least = "\"title\":\"T\",\"startsAt\":\"2030-01-31T18:00:00Z\",\"capacity\":10";

    [Fact]
    public async Task What_is_not_said_takes_its_default()
    {
        var settings = (await BodyReading.ReadAsync<CreateActivityBody>($"{{{Least}}}")).Settings;

        Assert.Equal(
            (10, 10, 10, true, null, 5, "auto", 60d, 0, null, null, false),
            (settings.Capacity, settings.MaxPartySize, settings.MaxGroupSize, settings.WaitlistEnabled, settings.WaitlistLimit, settings.SkipLimit,
                settings.PromotionMode, settings.OfferMinutes, settings.PromotionCutoffMinutes, settings.RegistrationOpensAt, settings.RegistrationClosesAt,
                settings.ParticipantsVisible));
    }

    [Fact]
    public async Task Null_means_without_limit_where_there_may_be_none()
    {
        var settings = (await BodyReading.ReadAsync<CreateActivityBody>(
            """{"title":"T","startsAt":"2030-01-31T18:00:00Z","capacity":null,"skipLimit":null,"waitlistLimit":null,"endsAt":null}""")).Settings;

        Assert.Null(settings.Capacity);
        Assert.Null(settings.SkipLimit);
        Assert.Null(settings.WaitlistLimit);
        Assert.Null(settings.EndsAt);
    }

    [Fact]
    public async Task Title_start_and_capacity_are_required()
    {
        var errors = await BodyReading.RefusalAsync<CreateActivityBody>("{}");

        Assert.Equal(["capacity", "startsAt", "title"], errors.Keys.Order());
    }

    [Theory]
    [InlineData("capacity", "-1")]
    [InlineData("capacity", "1000001")]
    [InlineData("capacity", "1.5")]
    [InlineData("capacity", "99999999999999999999")]
    [InlineData("capacity", "\"10\"")]
    [InlineData("capacity", "true")]
    [InlineData("capacity", "{}")]
    [InlineData("maxPartySize", "0")]
    [InlineData("maxPartySize", "101")]
    [InlineData("maxPartySize", "null")]
    [InlineData("maxGroupSize", "0")]
    [InlineData("maxGroupSize", "201")]
    [InlineData("waitlistEnabled", "\"true\"")]
    [InlineData("waitlistEnabled", "null")]
    [InlineData("waitlistLimit", "-1")]
    [InlineData("skipLimit", "-1")]
    [InlineData("skipLimit", "1001")]
    [InlineData("promotionMode", "\"manual\"")]
    [InlineData("promotionMode", "null")]
    [InlineData("offerMinutes", "0")]
    [InlineData("offerMinutes", "0.5")]
    [InlineData("offerMinutes", "10081")]
    [InlineData("promotionCutoffMinutes", "-1")]
    [InlineData("promotionCutoffMinutes", "2147483647")]
    [InlineData("registrationOpensAt", "\"tomorrow\"")]
    [InlineData("registrationClosesAt", "5")]
    [InlineData("participantsVisible", "1")]
    [InlineData("title", "\"\"")]
    [InlineData("title", "\" \\n\"")]
    [InlineData("title", "null")]
    [InlineData("startsAt", "\"2030-01-31\"")]
    [InlineData("startsAt", "\"0001-01-02T00:00:00Z\"")]
    [InlineData("registrationOpensAt", "\"1899-12-31T23:59:59Z\"")]
    [InlineData("hostId", "\"x\"")]
    [InlineData("version", "1")]
    public async Task A_value_outside_its_bounds_is_refused_by_name_when_creating_and_when_changing(string field, string value)
    {
        var others = string.Join(',', Least.Split(',').Where(member => !member.StartsWith($"\"{field}\"", StringComparison.Ordinal)));

        var created = await BodyReading.RefusalAsync<CreateActivityBody>($"{{{others},\"{field}\":{value}}}");
        var changed = await BodyReading.RefusalAsync<UpdateActivityBody>($"{{\"{field}\":{value}}}");

        Assert.Equal([field], created.Keys);
        Assert.Equal([field], changed.Keys);
    }

    [Theory]
    [InlineData("capacity", "0")]
    [InlineData("capacity", "1000000")]
    [InlineData("maxPartySize", "1")]
    [InlineData("maxPartySize", "100")]
    [InlineData("maxGroupSize", "200")]
    [InlineData("waitlistLimit", "0")]
    [InlineData("skipLimit", "0")]
    [InlineData("skipLimit", "1000")]
    [InlineData("promotionMode", "\"offer\"")]
    [InlineData("offerMinutes", "1")]
    [InlineData("offerMinutes", "10080")]
    [InlineData("promotionCutoffMinutes", "0")]
    [InlineData("registrationOpensAt", "\"1900-01-01T00:00:00Z\"")]
    public async Task A_value_on_its_bound_is_taken(string field, string value)
    {
        var others = string.Join(',', Least.Split(',').Where(member => !member.StartsWith($"\"{field}\"", StringComparison.Ordinal)));

        await BodyReading.ReadAsync<CreateActivityBody>($"{{{others},\"{field}\":{value}}}");
        await BodyReading.ReadAsync<UpdateActivityBody>($"{{\"{field}\":{value}}}");
    }

    [Fact]
    public async Task A_title_has_at_most_200_characters()
    {
        await BodyReading.ReadAsync<UpdateActivityBody>($"{{\"title\":\"{new string('t', 200)}\"}}");

        Assert.Equal(["title"], (await BodyReading.RefusalAsync<UpdateActivityBody>($"{{\"title\":\"{new string('t', 201)}\"}}")).Keys);
    }

    [Fact]
    public async Task Minutes_may_have_fractions_in_development_only()
    {
        var changes = (await BodyReading.ReadAsync<UpdateActivityBody>("{\"offerMinutes\":0.05}", environment: "Development")).Changes;

        Assert.Equal(0.05, changes.OfferMinutes);
        Assert.Equal(["offerMinutes"], (await BodyReading.RefusalAsync<UpdateActivityBody>("{\"offerMinutes\":0.05}")).Keys);
    }

    [Fact]
    public async Task An_activity_starts_in_the_future_but_may_be_moved_anywhere()
    {
        var past = "\"startsAt\":\"2029-12-31T23:59:59Z\"";

        Assert.Equal(["startsAt"], (await BodyReading.RefusalAsync<CreateActivityBody>($"{{\"title\":\"T\",\"capacity\":1,{past}}}")).Keys);
        await BodyReading.ReadAsync<UpdateActivityBody>($"{{{past}}}");
    }

    [Theory]
    [InlineData("\"startsAt\":\"2030-02-01T00:00:00Z\",\"endsAt\":\"2030-01-31T00:00:00Z\"", "endsAt")]
    [InlineData("\"startsAt\":\"2030-02-01T00:00:00Z\",\"registrationOpensAt\":\"2030-02-01T00:00:00Z\"", "registrationClosesAt")]
    [InlineData("\"registrationOpensAt\":\"2030-02-01T00:00:00Z\",\"registrationClosesAt\":\"2030-02-01T00:00:00Z\"", "registrationClosesAt")]
    public async Task Times_that_contradict_each_other_are_refused(string members, string field)
    {
        Assert.Equal([field], (await BodyReading.RefusalAsync<UpdateActivityBody>($"{{{members}}}")).Keys);
    }

    [Fact]
    public async Task When_changing_absent_keeps_and_null_clears()
    {
        var changes = (await BodyReading.ReadAsync<UpdateActivityBody>("{\"capacity\":null,\"skipLimit\":3,\"endsAt\":null}")).Changes;

        Assert.Equal(["capacity", "endsAt"], changes.Clear.Order());
        Assert.Equal(3, changes.SkipLimit);
        Assert.Null(changes.Title);
        Assert.Null(changes.WaitlistEnabled);
    }
}
