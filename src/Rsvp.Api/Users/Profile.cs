using System.Net.Mail;
using Rsvp.Api.Bodies;

namespace Rsvp.Api.Users;

/// <summary>What the system knows of a person, as they read it.</summary>
internal sealed record Profile
{
    public required Guid Id { get; init; }

    public string? Name { get; init; }

    public string? Email { get; init; }

    public int? BirthYear { get; init; }

    public string? City { get; init; }
}

/// <summary>Body of <c>PUT /api/users/me</c>: absent keeps, null clears.</summary>
internal sealed record ProfileBody(string? Name, string? Email, int? BirthYear, string? City, IReadOnlyList<string> Cleared) : IBody<ProfileBody>
{
    private const int NameMax = 200;
    private const int CityMax = 200;

    // RFC 5321, section 4.5.3.1: a path of 256 octets, its brackets included.
    private const int EmailMax = 254;
    private const int BirthYearMin = 1900;
    private const int BirthYearMax = 9999;

    public static ProfileBody Read(JsonFields fields)
    {
        var email = fields.Text("email", EmailMax, nullable: true);
        if (email is not null && !(MailAddress.TryCreate(email, out var address) && address.Address == email))
        {
            fields.Refuse("email", "Must be an e-mail address.");
        }

        // Not a bound of the field: what the documentation says must not depend on the day.
        var birthYear = fields.Integer("birthYear", BirthYearMin, BirthYearMax, nullable: true);
        if (birthYear > fields.Rules.Now.Year)
        {
            fields.Refuse("birthYear", "Must not be in the future.");
        }

        return new ProfileBody(
            fields.Text("name", NameMax, nullable: true, notBlank: true),
            email,
            birthYear,
            fields.Text("city", CityMax, nullable: true, notBlank: true),
            fields.Nulls);
    }

    /// <summary>Whether the field is to be written: given, or cleared.</summary>
    internal bool Sets(string name, object? value) => value is not null || Cleared.Contains(name);
}
