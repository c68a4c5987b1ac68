using System.Security.Cryptography;
using System.Text;
using Rsvp.Api.Bodies;
using Rsvp.Api.Hosts;
using Rsvp.Api.Notifications;
using Rsvp.Api.Problems;
using Rsvp.Api.Rsvps;

namespace Rsvp.Api.Tests.Bodies;

public sealed class BodyReaderTests
{
    [Fact]
    public async Task No_body_at_all_counts_as_an_empty_object_whatever_its_content_type()
    {
        var body = await BodyReading.ReadAsync<SubmitRsvpBody>("", contentType: null);

        Assert.Equal(0, body.Message.GuestCount);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("APPLICATION/JSON")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("application/json;charset=\"UTF-8\"")]
    public async Task Json_in_utf_8_is_read(string contentType)
    {
        var body = await BodyReading.ReadAsync<SubmitRsvpBody>("{\"guestCount\":2}", contentType);

        Assert.Equal(2, body.Message.GuestCount);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("text/plain")]
    [InlineData("application/json-patch+json")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task Other_content_types_are_refused(string? contentType)
    {
        var refusal = await Assert.ThrowsAsync<ProblemException>(() => BodyReading.ReadAsync<SubmitRsvpBody>("{}", contentType));

        Assert.Equal(415, refusal.Problem.Kind.Status);
    }

    [Fact]
    public async Task A_body_of_256_KiB_is_read_and_one_byte_more_refused()
    {
        var padding = new string(' ', BodyReader.BytesMax - 2);
        await BodyReading.ReadAsync<SubmitRsvpBody>("{}" + padding);

        var refusal = await Assert.ThrowsAsync<ProblemException>(() => BodyReading.ReadAsync<SubmitRsvpBody>("{}" + padding + " "));

        Assert.Equal(413, refusal.Problem.Kind.Status);
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("{\"guestCount\":1,}")]
    [InlineData("{/* no */}")]
    [InlineData("{'guestCount':1}")]
    [InlineData("{\"guestCount\":01}")]
    [InlineData("{\"guestCount\":NaN}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("3")]
    [InlineData("\"text\"")]
    [InlineData("{\"x\":[[[[[[[[[[1]]]]]]]]]]}")]
    [InlineData("{\"\\ud800\":1}")]
    public async Task What_is_no_json_object_is_refused_as_a_whole(string json)
    {
        var errors = await BodyReading.RefusalAsync<SubmitRsvpBody>(json);

        Assert.Equal([""], errors.Keys);
    }

    [Fact]
    public async Task Bytes_that_are_no_utf_8_are_refused()
    {
        byte[] body = [.. "{\"specialRequirements\":\""u8, 0xC3, 0x28, .. "\"}"u8];

        var refusal = await Assert.ThrowsAsync<ProblemException>(() => BodyReading.ReadAsync<SubmitRsvpBody>(body));

        Assert.Equal(400, refusal.Problem.Kind.Status);
    }

    [Fact]
    public async Task Unknown_properties_are_named_and_so_is_every_other_mistake()
    {
        var errors = await BodyReading.RefusalAsync<SubmitRsvpBody>("{\"guestcount\":1,\"status\":\"confirmed\",\"guestCount\":\"1\",\"ifFull\":\"maybe\"}");

        Assert.Equal(["guestCount", "guestcount", "ifFull", "status"], errors.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("{\"guestCount\":1,\"guestCount\":2}")]
    [InlineData("{\"guestCount\":1,\"guest\\u0043ount\":2}")]
    public async Task A_property_that_is_there_twice_is_refused(string json)
    {
        var errors = await BodyReading.RefusalAsync<SubmitRsvpBody>(json);

        Assert.Equal("Is there twice.", Assert.Single(errors["guestCount"]));
    }

    [Fact]
    public async Task Ten_thousand_unknown_properties_do_not_get_ten_thousand_errors()
    {
        var json = "{" + string.Join(',', Enumerable.Range(0, 10_000).Select(index => $"\"x{index}\":0")) + "}";

        var errors = await BodyReading.RefusalAsync<SubmitRsvpBody>(json);

        Assert.InRange(errors.Count, 1, 100);
    }

    [Fact]
    public async Task An_unknown_property_that_is_there_ten_thousand_times_gets_one_error()
    {
        var json = "{" + string.Join(',', Enumerable.Repeat("\"x\":0", 10_000)) + "}";

        var errors = await BodyReading.RefusalAsync<SubmitRsvpBody>(json);

        Assert.Single(errors["x"]);
    }

    [Fact]
    public async Task Half_a_surrogate_pair_is_no_name_and_no_id()
    {
        const string Half = "\"\\ud800\"";

        Assert.Equal(["ifFull"], (await BodyReading.RefusalAsync<SubmitRsvpBody>($"{{\"ifFull\":{Half}}}")).Keys);
        Assert.Equal(["userId"], (await BodyReading.RefusalAsync<WalkInBody>($"{{\"userId\":{Half}}}")).Keys);
        Assert.Equal(["rsvpIds[0]"], (await BodyReading.RefusalAsync<BulkBody>($"{{\"action\":\"remove\",\"rsvpIds\":[{Half}]}}")).Keys);
        Assert.Equal(["mutedKinds"], (await BodyReading.RefusalAsync<PreferencesBody>($"{{\"mutedKinds\":[{Half}]}}")).Keys);
    }

    [Theory]
    [InlineData("\"a\\u0000b\"")]
    [InlineData("\"\\ud83d\"")]
    [InlineData("\"\\ude00\\ud83d\"")]
    public async Task Text_with_nul_or_lone_surrogates_is_refused(string text)
    {
        var errors = await BodyReading.RefusalAsync<SubmitRsvpBody>($"{{\"specialRequirements\":{text}}}");

        Assert.Equal(["specialRequirements"], errors.Keys);
    }

    [Fact]
    public async Task Text_is_measured_in_code_points()
    {
        var thousandFaces = string.Concat(Enumerable.Repeat("\U0001F600", 1000));
        var body = await BodyReading.ReadAsync<SubmitRsvpBody>($"{{\"specialRequirements\":\"{thousandFaces}\"}}");
        Assert.Equal(thousandFaces, body.Message.SpecialRequirements);

        var errors = await BodyReading.RefusalAsync<SubmitRsvpBody>($"{{\"specialRequirements\":\"{thousandFaces}!\"}}");
        Assert.Equal(["specialRequirements"], errors.Keys);
    }

    [Fact]
    public async Task The_hash_is_of_the_bytes_as_they_came()
    {
        var body = Encoding.UTF8.GetBytes("{ \"guestCount\" : 2 }");
        var hash = new byte[SHA256.HashSizeInBytes];

        await BodyReading.ReadAsync<SubmitRsvpBody>(body, hash: hash);

        Assert.Equal(SHA256.HashData(body), hash);
    }
}
